"""Runs in machine code, batch by batch: between batches Python hears of interruptions."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hermosis.compile.native import engine, loops
from hermosis.compile.native.entry import BLOCK
from hermosis.compile.native.losses import Loss
from hermosis.compile.objective import PRECISIONS
from hermosis.run.parameters import Array

_WORD, _POINTER = ctypes.c_int64, ctypes.c_void_p
_RUN = ctypes.CFUNCTYPE(
    _WORD, *[_POINTER] * 3, _WORD, _WORD, _POINTER, _POINTER, _WORD, *[_POINTER] * 6
)


def is_possible(plan: dict[str, Any]) -> bool:
    """Tell whether a plan's steps can be made in machine code alone."""
    if "llvm" not in plan or plan["noises"]:
        return False
    phases = plan["llvm"]["phases"]
    asks = plan["starts_with_gradient"] or any(phase["evaluates"] for phase in phases)
    return bool(asks) and all(phase["scalars"] is None for phase in phases)


@dataclass
class Batches:
    """The arrays of one run, and all that its steps in machine code read and write.

    `w`, the arrays of `states` and `gradient` are of shape (n,) and change in place.
    """

    plan: dict[str, Any]
    loss: Loss
    w: Array
    states: list[Array]
    tolerance: float

    def __post_init__(self) -> None:
        kind, size = PRECISIONS[self.w.dtype], self.w.size
        phases = self.plan["llvm"]["phases"]
        text = self.plan["llvm"]["sources"][kind] + loops.write(self.plan, kind)
        self._library = engine.load(text)
        self._call = _RUN(self._library.address("run"))
        self.gradient, self.best = np.zeros_like(self.w), self.w.copy()
        self.marks = np.array([np.inf, np.inf, self.tolerance, np.inf])
        self.flags = np.zeros(2, dtype=np.int64)
        self._row = [self.w, *self.states, self.gradient]
        self._arrays = np.array([array.ctypes.data for array in self._row], dtype=np.uintp)
        self._jobs = np.array(
            [(0, k, min(BLOCK, size - k)) for k in range(0, size, BLOCK)], dtype=np.int64
        )
        most = max(len(phase["totals"]) for phase in phases)
        self._sums = np.zeros((len(self._jobs), most))
        self._kept = np.zeros((len(self._row), size), self.w.dtype)

    def __call__(
        self, table: NDArray[np.float64], values: NDArray[np.float64], norms: NDArray[np.float64]
    ) -> int:
        """Make a step for each row of `table`, as far as all goes as usual; return how many.

        `values` and `norms` take the loss and the norm of its gradient at each step.
        """
        arguments = (self._jobs, table, self._sums, self.marks, self.flags, values, norms)
        jobs, numbers, sums, marks, flags, losses, slopes = (x.ctypes.data for x in arguments)
        return int(
            self._call(
                self.loss.address, self._arrays.ctypes.data, jobs, len(self._jobs), self.w.size,
                numbers, sums, len(table), marks, flags, losses, slopes,
                self.best.ctypes.data, self._kept.ctypes.data,
            )
        )  # fmt: skip
