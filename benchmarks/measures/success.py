"""Whether the least of several minima was found."""

from __future__ import annotations

from typing import Any

from benchmarks.engine.parameters import Parameters
from benchmarks.measure import Measure


class Success(Measure):
    """1 where the gap is below the problem's `success`, 0 elsewhere: the mean is a success rate."""

    name = "least minimum found"
    better = "higher"
    average = "mean"

    def __call__(self, problem: Any, w: Parameters) -> float:
        value, _ = problem.value_and_gradient(w)
        return float(problem.gap(value) < problem.success)
