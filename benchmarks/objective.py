"""A problem as an optimizer meets it: one call, one value and gradient, one unit of the budget.

The harness counts here, not in the optimizers, so everyone is counted alike; and the clock of the
problem runs here, so an optimizer's own time is what is left.
"""

from __future__ import annotations

import math
import time

from benchmarks import parameters
from benchmarks.parameters import Parameters
from benchmarks.problem import Problem


class BudgetSpent(Exception):
    """Raised in place of one gradient too many; it ends the run, and is no failure."""


class Objective:
    """Value and gradient of a problem, counted, timed, and remembered at its best."""

    def __init__(self, problem: Problem, start: Parameters, budget: int) -> None:
        self.problem = problem
        self.budget = budget
        self.values: list[float] = []
        self.best = math.inf
        self.best_w = parameters.copy(start)
        self.seconds = 0.0

    def __call__(self, w: Parameters) -> tuple[float, Parameters]:
        """The loss and its gradient at `w`; raises `BudgetSpent` when none are left."""
        began = time.perf_counter()
        try:
            if len(self.values) >= self.budget:
                raise BudgetSpent
            value, gradient = self.problem.value_and_gradient(w)
            self.values.append(value)
            if value < self.best:
                self.best, self.best_w = value, parameters.copy(w)
            return value, gradient
        finally:
            self.seconds += time.perf_counter() - began

    def best_so_far(self) -> list[float]:
        """The least loss seen after 1, 2, 3, … gradients."""
        lowest = math.inf
        curve = []
        for value in self.values:
            lowest = min(lowest, value) if value == value else lowest
            curve.append(lowest)
        return curve
