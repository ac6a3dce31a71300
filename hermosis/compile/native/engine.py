"""Machine code from LLVM source: compiled once for this processor, kept in the cache, loaded fast.

Only llvmlite is needed, which is installed with Numba. An entry of the cache is named by the
source, the processor and the versions of everything; a damaged one is compiled anew.
"""

from __future__ import annotations

import base64
import binascii
import ctypes
import ctypes.util
import re
import threading
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from hermosis.derive import cache
from hermosis.run.progress import announced

#: As much as LLVM optimizes.
_SPEED = 3
#: A machine compiles for one thread, and no code is loaded twice.
_ONE_AT_A_TIME = threading.RLock()


@dataclass(frozen=True)
class Library:
    """Loaded machine code: `address(name)` of each of its functions."""

    source: str
    engine: Any = field(repr=False, compare=False)

    def address(self, name: str) -> int:
        """Return the address of a function."""
        return int(self.engine.get_function_address(name))


def load(source: str) -> Library:
    """Return the machine code of LLVM source, from the cache if it was compiled before."""
    with _ONE_AT_A_TIME:
        return _loaded(source)


@lru_cache(maxsize=256)
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
