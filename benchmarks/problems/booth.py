"""Booth's bowl: a quadratic in two dimensions."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array, Parameters
from benchmarks.engine.quantity import Range
from benchmarks.families.landscape import RGD, Landscape


class Booth(Landscape):
    """(x + 2y − 7)² + (2x + y − 5)²."""

    name = "booth"
    summary = "Booth's function: a quadratic in two dimensions, condition number 9."
    data = RGD
    tags = ("rgd",)
    published_ranges = {
        "step": Range(1e-4, 1e-2),
        "momentum": Range(0.7, 0.99, "complement"),
        "saturation": Range(0.0, 20.0, "even"),
    }
    budget = 300
    minimizers = (1.0, 3.0)
    smoothness, convexity = 18.0, 2.0
    quadratic = True

    def published(self) -> Array:
        return np.array([10.0, 10.0])

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        x, y = w
        one, other = x + 2.0 * y - 7.0, 2.0 * x + y - 5.0
        slope = np.array([2.0 * one + 4.0 * other, 4.0 * one + 2.0 * other])
        return float(one**2 + other**2), slope
