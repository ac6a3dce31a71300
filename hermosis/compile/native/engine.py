"""Machine code from LLVM source: compiled once for this processor, kept in the cache, loaded fast.

Only llvmlite is needed, which is installed with Numba. An entry of the cache is named by the
source, the processor and the versions of everything; a damaged one is compiled anew.
"""

from __future__ import annotations

import base64
import binascii
import ctypes
import ctypes.util
import os
import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from weakref import WeakValueDictionary

from hermosis.derive import cache
from hermosis.run.progress import announced

#: As much as LLVM optimizes.
_SPEED = 3
#: A machine compiles for one thread, and no code is loaded twice.
_ONE_AT_A_TIME = threading.RLock()
if hasattr(os, "register_at_fork"):  # a fork takes the lock along, and nobody who would open it
    os.register_at_fork(
        before=_ONE_AT_A_TIME.acquire,
        after_in_parent=_ONE_AT_A_TIME.release,
        after_in_child=_ONE_AT_A_TIME.release,
    )
#: Machine code by its source, as long as someone holds it; and the latest, held in any case.
_held: WeakValueDictionary[str, Library] = WeakValueDictionary()
_latest: deque[Library] = deque(maxlen=64)


@dataclass(frozen=True)
class Library:
    """Loaded machine code: the functions of a source. It is freed when nothing holds it."""

    source: str
    engine: Any = field(repr=False, compare=False)

    def address(self, name: str) -> int:
        """Return the address of a function, which holds as long as this library is held."""
        with _ONE_AT_A_TIME:
            return int(self.engine.get_function_address(name))

    def function(self, name: str, returns: Any, *arguments: Any) -> Callable[..., Any]:
        """Return a function of so many arguments of ctypes; it holds its machine code."""
        made: Any = ctypes.CFUNCTYPE(returns, *arguments)(self.address(name))
        made.library = self
        return made


def load(source: str) -> Library:
    """Return the machine code of LLVM source, from the cache if it was compiled before."""
    with _ONE_AT_A_TIME:
        library = _held.get(source)
        if library is None:
            library = _held[source] = _loaded(source)
        if library not in _latest:
            _latest.append(library)
        return library


def forget() -> None:
    """Let go of all machine code that nobody else holds."""
    with _ONE_AT_A_TIME:
        _latest.clear()


def _loaded(source: str) -> Library:
    import llvmlite.binding as llvm

    _resolve(source)
    # The engine owns its machine, and frees it.
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _new_machine())
    engine.add_object_file(llvm.ObjectFileRef.from_data(_object(source)))
    engine.finalize_object()
    return Library(source, engine)


def assembly(source: str) -> str:
    """Return the assembly that a source is compiled to, for a look at what the processor does."""
    with _ONE_AT_A_TIME:
        return str(_machine().emit_assembly(_optimized(source)))


def _object(source: str) -> bytes:
    """Return the object code of a source."""
    key = f"machine code\n{_host()}\n{source}"
    kept = cache.load(key)
    if isinstance(kept, str):
        try:
            return base64.b64decode(kept, validate=True)
        except binascii.Error:
            pass
    with announced("compiling a step for the first time; it is kept for the next"):
        made = bytes(_machine().emit_object(_optimized(source)))
    cache.save(key, base64.b64encode(made).decode("ascii"))
    return made


def _optimized(source: str) -> Any:
    """Parse a source and run the optimizations of LLVM on it."""
    import llvmlite.binding as llvm

    machine = _machine()
    module = llvm.parse_assembly(source)
    module.verify()
    tuning = llvm.create_pipeline_tuning_options(speed_level=_SPEED)
    tuning.loop_vectorization = tuning.loop_unrolling = tuning.loop_interleaving = True
    builder = llvm.create_pass_builder(machine, tuning)
    builder.getModulePassManager().run(module, builder)
    return module


@lru_cache(maxsize=1)
def _machine() -> Any:
    """Return what compiles for this processor."""
    return _new_machine()


def _new_machine() -> Any:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=_SPEED,
        jit=True,
    )


@lru_cache(maxsize=1)
def _host() -> str:
    """Return what machine code depends on besides its source."""
    import llvmlite
    import llvmlite.binding as llvm

    features = llvm.get_host_cpu_features().flatten()
    return (
        f"{llvmlite.__version__} {llvm.get_process_triple()} {llvm.get_host_cpu_name()} {features}"
    )


def _resolve(source: str) -> None:
    """Tell LLVM where the functions are that a source calls from Python and the C library."""
    import llvmlite.binding as llvm

    for name in re.findall(r"^declare .*?@([A-Za-z_]\w*)\(", source, re.MULTILINE):
        if llvm.address_of_symbol(name) is None:
            place = ctypes.pythonapi if name.startswith("Py") else _mathematics()
            llvm.add_symbol(name, ctypes.cast(getattr(place, name), ctypes.c_void_p).value)


@lru_cache(maxsize=1)
def _mathematics() -> Any:
    return ctypes.CDLL(ctypes.util.find_library("m") or ctypes.util.find_library("msvcrt"))
