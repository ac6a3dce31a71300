"""A ring of double wells: neighbours want to agree, and walls between them are pinned."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from benchmarks.engine.parameters import Parameters
from benchmarks.families.terrain import Terrain
from benchmarks.measures.success import Success


class DoubleWell(Terrain):
    """Σ ¼(wᵢ² − 1)² + ½·0.1·(wᵢ − wᵢ₊₁)² around a ring."""

    name = "double-well"
    summary = "Ten double wells in a ring: two least minima, and walls that hold a run back."
    data = "a formula, the φ⁴ chain of physics; starts drawn from [−2, 2]¹⁰"
    tags = ("landscapes",)
    targets = (1.0, 1e-3, 1e-9)
    measure = Success()
    budget = 1000
    dimension, low, high = 10, -2.0, 2.0
    coupling: ClassVar[float] = 0.1
    minimizers = np.array([[1.0], [-1.0]])
    critical_points = (
        (1.0, "minimum"),
        (-1.0, "minimum"),
        (0.0, "maximum"),
        (np.sqrt(0.6) * np.tile([1.0, -1.0], 5), "minimum"),  # √(1 − 4·0.1): all at odds
    )

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        wells, steps = w**2 - 1.0, w - np.roll(w, -1)
        value = 0.25 * wells @ wells + 0.5 * self.coupling * steps @ steps
        return float(value), w * wells + self.coupling * (steps - np.roll(steps, 1))
