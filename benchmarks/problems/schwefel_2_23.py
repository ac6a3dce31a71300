"""Tenth powers: flatter than any quartic."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array, Parameters
from benchmarks.engine.quantity import Range
from benchmarks.families.landscape import RGD, Landscape


class Schwefel223(Landscape):
    """Σ wᵢ¹⁰."""

    name = "schwefel-2.23"
    summary = "Schwefel's function 2.23 in 20 dimensions: tenth powers, very flat at its minimum."
    data = RGD
    tags = ("rgd",)
    ranges = {"step": Range(1e-6, 1.0)}
    published_ranges = {
        "step": Range(1e-6, 1e-2),
        "momentum": Range(0.6, 0.99, "complement"),
        "saturation": Range(0.0, 40.0, "even"),
    }
    budget = 500

    def published(self) -> Array:
        return np.full(20, 2.0)

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        ninth = w**9
        return float(ninth @ w), 10.0 * ninth
