"""A problem as an optimizer meets it: one call, one value and gradient, one unit of the budget.

The harness counts here, not in the optimizers, so everyone is counted alike; and the clock of the
problem runs here, so an optimizer's own time is what is left.
"""

from __future__ import annotations

import math
import time

import numpy as np

from benchmarks.engine import parameters
from benchmarks.engine.parameters import Parameters
from benchmarks.problem import Problem


class BudgetSpent(Exception):
    """Raised in place of one gradient too many; it ends the run, and is no failure."""


NOISE = 20_261_123
"""Keeps the chance in the gradients apart from the chance in starts and data."""


class Record:
    """What a run did: exact losses, steps and clock readings, the best and the last parameters."""

    def __init__(self, start: Parameters) -> None:
        self.values: list[float] = []
        self.steps: list[int] = []
        self.clock: list[tuple[float, float]] = []
        """Before each gradient: the time, and the problem's seconds until then."""
        self.best = math.inf
        self.best_w = self.last_w = parameters.copy(start)
        self.seconds = 0.0

    def add(self, value: float, w: Parameters, steps: int, now: float) -> None:
        """Note a gradient."""
        self.values.append(value)
        self.steps.append(steps)
        self.clock.append((now, self.seconds))
        self.last_w = parameters.copy(w)
        if value < self.best:
            self.best, self.best_w = value, self.last_w


class Objective:
    """Value and gradient of a problem, counted, timed, and remembered at its best."""

    def __init__(self, problem: Problem, record: Record, budget: int, seed: int = 0) -> None:
        self.budget = budget
        self.steps_made = 0
        self.gradients_per_step = 0
        """Set by a method whose steps all take the same number; the others tell each step."""
        self._problem = problem
        self._record = record
        self._rng = np.random.default_rng((NOISE, abs(seed)))

    def __call__(self, w: Parameters) -> tuple[float, Parameters]:
        """The loss and its gradient at `w`; raises `BudgetSpent` when none are left."""
        began = time.perf_counter()
        record = self._record
        try:
            if len(record.values) >= self.budget:
                raise BudgetSpent
            value, gradient = self._problem.value_and_gradient(w)
            record.add(value, w, self._steps(), began)
            return self._problem.seen(w, value, gradient, self._rng)
        finally:
            record.seconds += time.perf_counter() - began

    def _steps(self) -> int:
        """The number of the step that is under way."""
        if self.gradients_per_step:
            return 1 + len(self._record.values) // self.gradients_per_step
        return 1 + self.steps_made

    def step_made(self) -> None:
        """Count a step: optimizers that take several gradients in one say so here."""
        self.steps_made += 1
