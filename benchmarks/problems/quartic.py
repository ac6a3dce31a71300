"""Fourth powers: no curvature at the minimum."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array, Parameters
from benchmarks.engine.quantity import Range
from benchmarks.families.landscape import RGD, Landscape


class Quartic(Landscape):
    """Σ i wᵢ⁴, i = 1 … 50."""

    name = "quartic"
    summary = "Quartic with weights 1 to 50: flat at its minimum."
    data = RGD
    tags = ("rgd",)
    published_ranges = {
        "step": Range(1e-4, 0.1),
        "momentum": Range(0.8, 0.99, "complement"),
        "saturation": Range(0.0, 15.0, "even"),
    }
    budget = 1500
    weights = np.arange(1.0, 51.0)

    def published(self) -> Array:
        return np.full(50, 2.0)

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        pull = self.weights * w**3
        return float(pull @ w), 4.0 * pull
