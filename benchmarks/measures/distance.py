"""How far the result is from the nearest point of least loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.engine.parameters import Parameters
from benchmarks.measure import Measure


class Distance(Measure):
    """The Euclidean length of the least of the differences that the problem says are `apart`."""

    name = "distance to a minimum"
    better = "lower"

    def __call__(self, problem: Any, w: Parameters) -> float:
        return float(np.min(np.linalg.norm(np.atleast_2d(problem.apart(w)), axis=1)))
