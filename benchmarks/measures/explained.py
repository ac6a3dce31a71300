"""How much of what varies a regression explains, on rows that it was not trained on."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.engine.parameters import Parameters
from benchmarks.measure import Measure


class Explained(Measure):
    """R²: 1 − the share of the test labels' variance that the problem's `predictions` leave."""

    name = "test R²"
    better = "higher"

    def __call__(self, problem: Any, w: Parameters) -> float:
        split = problem.split()
        left = split.test_labels - problem.predictions(split.test, w)
        return float(1.0 - np.mean(left**2) / np.var(split.test_labels))
