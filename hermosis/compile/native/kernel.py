"""A rule's machine code in one precision, as functions that Python calls."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from hermosis.compile.native import engine, entry, layout, whole

#: The precisions of LLVM source by those of arrays.
PRECISIONS = {np.dtype(np.float64): "double", np.dtype(np.float32): "float"}

_POINTER, _INTEGER = ctypes.c_void_p, ctypes.c_int64
_JOBS = (_POINTER, _POINTER, _INTEGER, _INTEGER)
_FASTCALL = 0x80


class _Definition(ctypes.Structure):
    """Python's own `PyMethodDef`."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("address", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )


@dataclass(frozen=True)
class Kernel:
    """The functions of a rule: `@check` and its phases on tables, and the way in from Python."""

    source: str
    phases: tuple[dict[str, Any], ...] = field(compare=False)
    arrays: tuple[str, ...] = field(compare=False)
    checks: bool = field(compare=False)

    @property
    def width(self) -> int:
        """How many arrays a row of the table has."""
        return len(self.arrays)

    @property
    def sums(self) -> int:
        """How many numbers a job may leave behind."""
        return max((len(phase["totals"]) for phase in self.phases), default=0) + self.checks

    @cached_property
    def library(self) -> engine.Library:
        """The machine code."""
        return engine.load(self.source)

    @cached_property
    def check(self) -> Callable[..., int]:
        """`check(arrays, jobs, first, last)`: 1 where a gradient is not finite."""
        return ctypes.CFUNCTYPE(_INTEGER, *_JOBS)(self.library.address("check"))

    @cached_property
    def phase(self) -> tuple[Callable[..., int], ...]:
        """`phase[k](arrays, jobs, first, last, numbers, sums)`: 1 where it is not defined."""
        kind = ctypes.CFUNCTYPE(_INTEGER, *_JOBS, _POINTER, _POINTER)
        return tuple(
            kind(self.library.address(f"phase_{k}") if phase["works"] else 0)
            for k, phase in enumerate(self.phases, 1)
        )

    @cached_property
    def add(self) -> tuple[Callable[..., int], ...]:
        """`add[k](jobs, numbers, sums)` adds up what jobs left behind; 1 as `check` says it."""
        kind = ctypes.CFUNCTYPE(_INTEGER, _INTEGER, _POINTER, _POINTER)
        return tuple(
            kind(self.library.address(f"add_{k}") if phase["totals"] else 0)
            for k, phase in enumerate(self.phases, 1)
        )

    @cached_property
    def large(self) -> Callable[[int, int], int]:
        """`large(crew, task)`: the whole of a large step, with the help of a crew."""
        kind: Any = ctypes.CFUNCTYPE(_INTEGER, _POINTER, _POINTER)(self.library.address("large"))
        return kind

    @cached_property
    def step(self) -> Callable[..., int]:
        """`step(ndarray, dtype, numbers, room, weights, …)`: the whole of a small step."""
        return _built_in(self.library, "step")

    @cached_property
    def gather(self) -> Callable[..., int]:
        """`gather(ndarray, dtype, numbers, room, weights, …)`: the tables only."""
        return _built_in(self.library, "gather")


def kernel(plan: dict[str, Any], precision: Any) -> Kernel:
    """Return the machine code of a plan for arrays of a precision."""
    written = plan["llvm"]
    arrays, phases = tuple(written["arrays"]), tuple(written["phases"])
    source = written["sources"][PRECISIONS[precision]]
    if plan["gradient_at_start"] and not plan["noises"] and layout.is_known():
        totals = tuple(len(phase["totals"]) for phase in phases if phase["works"])
        place = arrays.index("gradient")
        shape = entry.Shape(len(arrays), place, precision.itemsize, layout.HEAD)
        source += whole.write(shape, totals, written["checks"])
    return Kernel(source, phases, arrays, written["checks"])


def _built_in(library: engine.Library, name: str) -> Callable[..., int]:
    """Return machine code as a built-in function, which Python calls without any conversion."""
    made = _Definition(name.encode(), library.address(name), _FASTCALL, None)
    new = ctypes.pythonapi.PyCFunction_NewEx
    new.restype, new.argtypes = ctypes.py_object, (ctypes.c_void_p, ctypes.py_object, _POINTER)
    # The function keeps its `self` alive, and so the definition and the machine code.
    return new(ctypes.addressof(made), (made, library), None)
