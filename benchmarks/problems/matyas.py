"""Matyas's bowl: a quadratic in two dimensions."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array, Parameters
from benchmarks.engine.quantity import Range
from benchmarks.families.landscape import RGD, Landscape


class Matyas(Landscape):
    """0.26(x² + y²) − 0.48xy."""

    name = "matyas"
    summary = "Matyas's function: a quadratic in two dimensions, condition number 25."
    data = RGD
    tags = ("rgd",)
    published_ranges = {
        "step": Range(1e-4, 0.1),
        "momentum": Range(0.7, 0.99, "complement"),
        "saturation": Range(0.0, 15.0, "even"),
    }
    budget = 400
    smoothness, convexity = 1.0, 0.04
    quadratic = True

    def published(self) -> Array:
        return np.array([10.0, -7.0])

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        slope = 0.52 * w - 0.48 * w[::-1]
        return float(0.5 * w @ slope), slope
