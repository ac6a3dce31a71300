"""How curved the place is where a run ended: of many minima, which one was chosen."""

from __future__ import annotations

from typing import Any

from benchmarks.engine.parameters import Parameters
from benchmarks.measure import Measure


class Sharpness(Measure):
    """The greatest curvature of the minimum, as the problem's `sharpness` has it."""

    name = "sharpness"
    better = "lower"

    def __call__(self, problem: Any, w: Parameters) -> float:
        return float(problem.sharpness(w))
