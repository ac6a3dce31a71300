"""The square of a square: no curvature at the minimum."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array, Parameters
from benchmarks.engine.quantity import Range
from benchmarks.families.landscape import RGD, Landscape


class ChungReynolds(Landscape):
    """(Σ wᵢ²)²."""

    name = "chung-reynolds"
    summary = "Chung and Reynolds's function ‖w‖⁴ in 50 dimensions: flat at its minimum."
    data = RGD
    tags = ("rgd",)
    ranges = {"step": Range(1e-8, 1e-2)}
    published_ranges = {
        "step": Range(1e-8, 1e-3),
        "momentum": Range(0.7, 0.99, "complement"),
        "saturation": Range(0.0, 20.0, "even"),
    }
    budget = 2000

    def published(self) -> Array:
        return np.full(50, 50.0)

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        square = w @ w
        return float(square**2), 4.0 * square * w
