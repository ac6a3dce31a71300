"""Runs in machine code, batch by batch: between batches Python hears of interruptions."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derivations.emit.llvm import task
from derivations.emit.program.plan import StepPlan
from hermosis.compile.native import engine, loops
from hermosis.compile.native.executor import NativeExecutor
from hermosis.compile.native.kernel import PRECISIONS
from hermosis.compile.native.losses import Loss

_RUN = ctypes.c_int64, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64


def is_possible(plan: StepPlan) -> bool:
    """Tell whether a plan's steps can be made in machine code alone."""
    return plan.native is not None and not plan.noises and plan.gradients_per_step > 0


class Batches:
    """The arrays of one run on a vector, and all that its steps in machine code read and write.

    `executor` is bound to the run's weights and states, which change in place.
    """

    def __init__(self, executor: NativeExecutor, loss: Loss, tolerance: float) -> None:
        plan, native = executor.plan, executor.native
        self.executor, self.loss = executor, loss
        (self.w,) = executor.weights
        self.names = [n for n in native.numbers if n in plan.parameters]
        kind = PRECISIONS[executor.precision]
        text = native.sources[kind] + loops.write(plan, kind, len(self.names))
        self.call = engine.load(text).function("run", *_RUN)
        self.gradient, self.best = np.zeros_like(self.w), self.w.copy()
        self.kept = np.zeros_like(self.w)
        self.marks = np.array([np.inf, np.inf, tolerance, np.inf])
        self.flags = np.zeros(2, dtype=np.int64)
        self.words = np.zeros(len(loops.WORDS), dtype=np.int64)
        self._enter("loss", loss.address)
        for name in ("w", "gradient", "kept", "marks", "flags", "best"):
            self._enter(name, getattr(self, name).ctypes.data)
        self._enter("size", self.w.size)
        self._own_task()

    def _own_task(self) -> None:
        """Take a task of the executor's, with room for what a step writes to."""
        executor = self.executor
        self.task, self.table = executor.task.copy(), executor.table.copy()
        self.room = executor.room()
        arrays = [self.w, *executor.rows[0], self.gradient]
        self.table[0, : len(arrays)] = [array.ctypes.data for array in arrays]
        self.task[task.ARRAYS] = self.table.ctypes.data
        self.task[[task.BACKUP, task.TRUSTED]] = self.room.ctypes.data, 1

    def _enter(self, name: str, value: int) -> None:
        self.words[loops.WORDS.index(name)] = value

    def __call__(
        self,
        table: NDArray[np.float64],
        values: NDArray[np.float64],
        norms: NDArray[np.float64],
        energies: NDArray[np.float64],
    ) -> int:
        """Make a step for each row of `table`, as far as they can be made; return how many.

        `values`, `norms` and `energies` take the loss, the norm of its gradient and the energies
        at each step.
        """
        table = np.ascontiguousarray(table)
        given: dict[str, Any] = {
            "table": table, "values": values, "norms": norms, "energies": energies
        }  # fmt: skip
        for name, array in given.items():
            self._enter(name, array.ctypes.data)
        return int(self.call(self.task.ctypes.data, self.words.ctypes.data, len(table)))
