"""Stretches of a run that machine code makes: as many steps as go as usual."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from hermosis.compile.objective import PRECISIONS, Symbolic
from hermosis.run.schedule import schedule

if TYPE_CHECKING:
    from hermosis.compile.native.batches import Batches
    from hermosis.run.loop import Loop

#: Steps in the first batch, and seconds that a batch may take before one is no longer doubled.
FIRST, SECONDS = 64, 0.05
#: The most weights of a run in machine code; more are shared among threads, step by step.
LARGEST = 1 << 17


def is_compiled(fun: Callable[..., Any], jac: Callable[..., Any] | bool | None) -> bool:
    """Tell whether a loss runs as machine code, with its gradient."""
    from hermosis.compile.native import losses

    return losses.is_compiled(fun, jac)


def stretches(
    run: Loop, fun: Callable[..., Any], jac: Callable[..., Any] | bool | None
) -> Stretches | None:
    """Return what makes stretches of a run in machine code; None where there is no way to.

    Such a run keeps no energies. Raises `StructureError` for a start of the wrong size.
    """
    from hermosis.compile.native import batches, losses

    plan, w = run.opt.program.plan, run.leaves[0]
    plain = run.structure.tree is None and w.ndim == 1 and w.dtype in PRECISIONS
    if not plain or not 0 < w.size <= LARGEST or not w.flags.c_contiguous:
        return None
    if run.keep or run.is_told or not batches.is_possible(plan):
        return None
    if isinstance(fun, Symbolic):
        fun.check(w)
    if (found := losses.loss(fun, jac, w.dtype)) is None:
        return None
    run.measures = False
    states = [run.state.arrays[name][0] for name in plan["states"]]
    tolerance = np.nan if run.tol is None else float(run.tol)
    return Stretches(run, batches.Batches(plan, found, w, states, tolerance))


class Stretches:
    """Carries what a run has seen into machine code and back."""

    def __init__(self, run: Loop, batches: Batches) -> None:
        self.run, self.batches, self.length = run, batches, FIRST

    def __call__(self, left: int) -> tuple[int, bool]:
        """Make steps, at most so many; return how many, and whether the next wants care."""
        run, batches = self.run, self.batches
        names = run.opt.program.plan["llvm"]["numbers"]
        asked = min(left, self.length)
        table = schedule(run.opt, names, run.state, asked)
        values, norms = np.empty((2, len(table)))
        self._enter()
        begun = time.perf_counter()
        made = batches(table.numbers, values, norms)
        if made == self.length and time.perf_counter() - begun < SECONDS:
            self.length *= 2
        self._leave()
        run.trace.extend(values[:made].tolist(), norms[:made].tolist())
        run.state.step += made
        run.state.time = float(table.times[made])
        return made, made < asked

    def _enter(self) -> None:
        """Tell the batches what the run knows."""
        from hermosis.compile.native.loops import BEST, EVALUATIONS, KNOWN, NORM, VALUE

        run, batches = self.run, self.batches
        batches.flags[KNOWN], batches.flags[EVALUATIONS] = run.known, 0
        batches.marks[VALUE], batches.marks[BEST] = run.value, run.best[0]
        if run.known:
            batches.gradient[:] = run.gradient
            batches.marks[NORM] = run.norm()
        batches.best[:] = run.best[1]

    def _leave(self) -> None:
        """Tell the run what the batches have seen."""
        from hermosis.compile.native.loops import BEST, EVALUATIONS, KNOWN, VALUE

        run, batches = self.run, self.batches
        asked = int(batches.flags[EVALUATIONS])
        run.known = bool(batches.flags[KNOWN])
        run.evaluations += asked
        if asked:
            run.value, run.gradient = float(batches.marks[VALUE]), batches.gradient.copy()
        run.best = (float(batches.marks[BEST]), batches.best.copy())
        run.seen = False
