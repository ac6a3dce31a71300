"""A rule's machine code in one precision, as functions that Python calls."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np

from derivations.emit.program.plan import NativePlan, StepPlan
from derivations.lazy import lazy
from hermosis.compile.native import engine, entry, layout

#: The precisions of LLVM source by those of arrays.
PRECISIONS = {np.dtype(np.float64): "double", np.dtype(np.float32): "float"}

_POINTER, _INTEGER = ctypes.c_void_p, ctypes.c_int64
_FASTCALL = 0x80  # METH_FASTCALL


class _Definition(ctypes.Structure):
    """Python's own `PyMethodDef`."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("address", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )


class Kernel:
    """The functions of a rule for arrays of one precision."""

    def __init__(self, plan: StepPlan, precision: np.dtype[Any]) -> None:
        assert plan.native is not None
        self.plan: NativePlan = plan.native
        self.precision = precision
        self.width = len(self.plan.arrays)
        table = entry.Table(
            self.width, self.plan.arrays.index("G"), precision.itemsize, layout.HEAD
        )
        source = self.plan.sources[PRECISIONS[precision]]
        self.library = engine.load(source + entry.write(table, len(self.plan.segments)))

    @lazy
    def steps(self) -> tuple[Callable[..., int], ...]:
        """`steps[k](task, w, states…, gradients, noises…)`, of lists: a segment of a small step."""
        count = len(self.plan.segments)
        return tuple(_built_in(self.library, f"step_{k}") for k in range(1, count + 1))

    @lazy
    def segments(self) -> tuple[Callable[..., int], ...]:
        """`segments[k](together, crew, task)`, for a filled table, without Python's lock."""
        kind, count = (_INTEGER, _POINTER, _POINTER, _POINTER), len(self.plan.segments)
        return tuple(self.library.function(f"segment_{k}", *kind) for k in range(1, count + 1))

    @lazy
    def restore(self) -> Callable[[int], None]:
        """`restore(task)` puts back what a step that was begun has written."""
        return self.library.function("restore", None, _POINTER)

    @lazy
    def measure(self) -> Callable[[int], int]:
        """`measure(task)` takes the energies at a state, for a table that is filled."""
        return self.library.function("measure", _INTEGER, _POINTER)


def _built_in(library: engine.Library, name: str) -> Callable[..., int]:
    """Return machine code as a built-in function, which Python calls without any conversion."""
    made = _Definition(name.encode(), library.address(name), _FASTCALL, None)
    new = ctypes.pythonapi.PyCFunction_NewEx
    new.restype, new.argtypes = ctypes.py_object, (ctypes.c_void_p, ctypes.py_object, _POINTER)
    # The function keeps its `self` alive, and so the definition and the machine code.
    return new(ctypes.addressof(made), (made, library), None)
