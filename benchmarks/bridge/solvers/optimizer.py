"""Every optimizer of the race, as a solver with a name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from benchopt import BaseSolver
from benchopt.stopping_criterion import NoCriterion

from benchmarks.engine.contestants import enlist, the_field
from benchmarks.engine.objective import BudgetSpent, Objective, Record
from benchmarks.engine.parameters import copy
from benchmarks.engine.tuning import parameters_at, ranges_of
from benchmarks.report.read import read_rows

POINTS = 100
"""Calls of benchopt in a run, of which it evaluates fewer and fewer."""


class Solver(BaseSolver):
    """A contestant with the hyperparameters of a race's folder, or those amid the ranges."""

    name = "optimizer"
    sampling_strategy = "callback"
    stopping_criterion = NoCriterion()
    parameters: ClassVar[dict[str, list[Any]]] = {"which": list(the_field()), "race": [""]}

    def set_objective(self, problem: Any, start: Any) -> None:
        """Build the optimizer, and let it compile."""
        contestant = enlist(self.which)
        ranges = ranges_of(contestant, problem)
        chosen = dict(parameters_at(ranges, (0.5,) * len(ranges))) | self._tuned(problem.name)
        self.record = Record(start)
        self.budget, self.problem = problem.budget, problem
        self.minimizer = contestant.prepare(chosen, start)

    def run(self, callback: Callable[[], bool]) -> None:
        """Minimize, and report after every so many gradients."""
        self.told = _Told(self.problem, self.record, self.budget, callback)
        with np.errstate(all="ignore"):
            try:
                self.minimizer(self.told)
            except BudgetSpent:
                return

    def get_result(self) -> dict[str, Any]:
        """The best parameters so far; under noise, where that is luck, the latest ones."""
        return {"w": self.told.latest if self.problem.noisy else self.record.best_w}

    def _tuned(self, problem: str) -> dict[str, float]:
        if not self.race:
            return {}
        for row in read_rows(Path(self.race)):
            if (row.problem, row.optimizer, row.stage) == (problem, self.which, "report"):
                return row.parameters
        return {}


class _Told(Objective):
    """The race's objective, which tells benchopt how far it is."""

    def __init__(
        self, problem: Any, record: Record, budget: int, callback: Callable[[], bool]
    ) -> None:
        super().__init__(problem, record, budget)
        self._callback, self._every = callback, max(1, budget // POINTS)
        self.latest = record.best_w

    def __call__(self, w: Any) -> tuple[float, Any]:
        """Evaluate, unless benchopt has seen enough."""
        found = super().__call__(w)
        if self._problem.noisy:
            self.latest = copy(w)
        if len(self._record.values) % self._every == 0 and not self._callback():
            raise BudgetSpent
        return found
