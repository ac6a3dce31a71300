"""Stretches of a run that machine code makes: as many steps as it can make by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from hermosis.compile.objective import PRECISIONS, Symbolic
from hermosis.run.ledger import defined
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

    Raises `StructureError` for a start of the wrong size.
    """
    plan, w = run.bound.plan, run.leaves[0]
    plain = run.structure.tree is None and w.ndim == 1 and w.dtype in PRECISIONS
    if not plain or not 0 < w.size <= LARGEST or not w.flags.c_contiguous:
        return None
    if plan.native is None or run.keep or run.is_told:
        return None
    if run.measures and not run.at_start:
        return None  # energies at the start of a step need another loss there
    from hermosis.compile.native import batches, losses
    from hermosis.compile.native.executor import NativeExecutor

    if not batches.is_possible(plan):
        return None
    if isinstance(fun, Symbolic):
        fun.check(w)
    if (found := losses.loss(fun, jac, w.dtype)) is None:
        return None
    assert isinstance(run.bound, NativeExecutor)
    tolerance = np.nan if run.tol is None else float(run.tol)
    return Stretches(run, batches.Batches(run.bound, found, tolerance))


class Stretches:
    """Carries what a run has seen into machine code and back."""

    def __init__(self, run: Loop, batches: Batches) -> None:
        self.run, self.batches, self.length = run, batches, FIRST

    def __call__(self, left: int) -> tuple[int, bool]:
        """Make steps, at most so many; return how many, and whether Python makes the next."""
        run, batches = self.run, self.batches
        asked = min(left, self.length)
        state = run.state
        table = schedule(run.opt, batches.names, state.step, state.time, asked)
        values, norms = np.empty((2, len(table)))
        energies = np.empty((len(table), len(run.bound.plan.energies)))
        self._enter()
        begun = time.perf_counter()
        made = batches(table, values, norms, energies)
        if made == self.length and time.perf_counter() - begun < SECONDS:
            self.length *= 2
        self._leave()
        run.trace.extend(values[:made], norms[:made])
        if run.measures:
            run.trace.measured(defined(energies[:made], values))
        return made, made < asked

    def _enter(self) -> None:
        """Tell the batches what the run knows."""
        from hermosis.compile.native.loops import BEST, EVALUATIONS, KNOWN, NORM, VALUE

        run, batches = self.run, self.batches
        batches.flags[KNOWN], batches.flags[EVALUATIONS] = run.known, 0
        batches.marks[VALUE], batches.marks[BEST] = run.value, run.best_value
        if run.known:
            batches.gradient[:] = run.gradient
            batches.marks[NORM] = run.norm
        batches.best[:] = run.best

    def _leave(self) -> None:
        """Tell the run what the batches have seen."""
        from hermosis.compile.native.loops import BEST, EVALUATIONS, KNOWN, NORM, VALUE

        run, batches = self.run, self.batches
        asked = int(batches.flags[EVALUATIONS])
        run.known = bool(batches.flags[KNOWN])
        run.evaluations += asked
        if asked:
            run.value, run.gradient = float(batches.marks[VALUE]), batches.gradient.copy()
            run.norm = float(batches.marks[NORM])
        run.best_value, run.best = float(batches.marks[BEST]), batches.best.copy()
        run.seen = False
