"""Products that should be one: a curved valley of minima, steep where the factors differ."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Parameters
from benchmarks.families.terrain import Terrain
from benchmarks.measures.sharpness import Sharpness

PAIRS = 5


class FlatValley(Terrain):
    """½ Σ (xᵢyᵢ − 1)², w = (x, y): the smallest deep linear network, five times."""

    name = "flat-valley"
    summary = "Five pairs of factors whose products should be one: a valley of minima."
    data = "a formula; starts drawn from 2 ≤ x ≤ 4, −0.5 ≤ y ≤ 0.5, where the valley is steep"
    tags = ("landscapes",)
    targets = (1e-1, 1e-6, 1e-12)
    measure = Sharpness()
    budget = 500
    dimension = 2 * PAIRS
    low, high = np.repeat([2.0, -0.5], PAIRS), np.repeat([4.0, 0.5], PAIRS)
    minimizers = 1.0
    critical_points = ((0.0, "saddle"), (1.0, "minimum"), (-1.0, "minimum"))

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        x, y = w[:PAIRS], w[PAIRS:]
        apart = x * y - 1.0
        return float(0.5 * apart @ apart), np.concatenate([apart * y, apart * x])

    def sharpness(self, w: Parameters) -> float:
        """The greatest curvature where all products are 1: the greatest x² + y², at least 2."""
        return float(np.max(w[:PAIRS] ** 2 + w[PAIRS:] ** 2))
