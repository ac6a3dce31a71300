"""How often a classifier is right on rows that it was not trained on."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.engine.parameters import Parameters
from benchmarks.measure import Measure


class Accuracy(Measure):
    """The share of the problem's test rows whose predicted class is their label."""

    name = "test accuracy"
    better = "higher"

    def __call__(self, problem: Any, w: Parameters) -> float:
        split = problem.split()
        return float(np.mean(problem.classes(split.test, w) == split.test_labels))
