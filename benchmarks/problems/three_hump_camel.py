"""The three-hump camel: two local minima beside the least one."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array, Parameters
from benchmarks.engine.quantity import Range
from benchmarks.families.landscape import RGD, Landscape


class ThreeHumpCamel(Landscape):
    """2x² − 1.05x⁴ + x⁶/6 + xy + y²."""

    name = "three-hump-camel"
    summary = "Three-hump camel: two dimensions, three minima."
    data = RGD
    tags = ("rgd",)
    published_ranges = {
        "step": Range(1e-5, 0.1),
        "momentum": Range(0.7, 0.99, "complement"),
        "saturation": Range(0.0, 20.0, "even"),
    }
    budget = 200

    def published(self) -> Array:
        return np.array([5.0, 5.0])

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        x, y = w
        value = 2 * x**2 - 1.05 * x**4 + x**6 / 6 + x * y + y**2
        return float(value), np.array([4 * x - 4.2 * x**3 + x**5 + y, x + 2 * y])
