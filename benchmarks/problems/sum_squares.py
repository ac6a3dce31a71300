"""A quadratic whose curvatures are 1 to 100."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array, Parameters
from benchmarks.engine.quantity import Range
from benchmarks.families.landscape import RGD, Landscape


class SumSquares(Landscape):
    """Σ i wᵢ², i = 1 … 100."""

    name = "sum-squares"
    summary = (
        "Sum of squares with weights 1 to 100: a quadratic in 100 dimensions, condition number 100."
    )
    data = RGD
    tags = ("rgd",)
    published_ranges = {
        "step": Range(1e-6, 1e-2),
        "momentum": Range(0.5, 0.99, "complement"),
        "saturation": Range(0.0, 10.0, "even"),
    }
    budget = 300
    smoothness, convexity = 200.0, 2.0
    quadratic = True
    weights = np.arange(1.0, 101.0)

    def published(self) -> Array:
        return np.full(100, 10.0)

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        pull = self.weights * w
        return float(pull @ w), 2.0 * pull
