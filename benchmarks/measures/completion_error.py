"""How well the entries are met that were not seen, too."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.engine.parameters import Parameters
from benchmarks.measure import Measure


class CompletionError(Measure):
    """‖UVᵀ − M‖ / ‖M‖ over all entries of the problem's matrix `truth`, seen or not."""

    name = "relative error"
    better = "lower"

    def __call__(self, problem: Any, w: Parameters) -> float:
        left, right = w
        return float(np.linalg.norm(left @ right.T - problem.truth) / np.linalg.norm(problem.truth))
