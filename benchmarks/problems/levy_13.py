"""Lévy's thirteenth function: a bowl with many hollows."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array, Parameters
from benchmarks.engine.quantity import Range
from benchmarks.families.landscape import RGD, Landscape


class Levy13(Landscape):
    """sin²3πx + (x − 1)²(1 + sin²3πy) + (y − 1)²(1 + sin²2πy)."""

    name = "levy-13"
    summary = "Lévy's function 13: two dimensions, a bowl full of local minima."
    data = RGD
    tags = ("rgd",)
    ranges = {"step": Range(1e-6, 1.0)}
    published_ranges = {
        "step": Range(1e-5, 1e-2),
        "momentum": Range(0.8, 0.99, "complement"),
        "saturation": Range(0.0, 10.0, "even"),
    }
    budget = 400
    minimizers = 1.0

    def published(self) -> Array:
        return np.array([10.0, -10.0])

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        (x, y), pi = w, np.pi
        one, other = 1.0 + np.sin(3 * pi * y) ** 2, 1.0 + np.sin(2 * pi * y) ** 2
        value = np.sin(3 * pi * x) ** 2 + (x - 1) ** 2 * one + (y - 1) ** 2 * other
        along_x = 3 * pi * np.sin(6 * pi * x) + 2 * (x - 1) * one
        along_y = 3 * pi * (x - 1) ** 2 * np.sin(6 * pi * y) + 2 * (y - 1) * other
        along_y += 2 * pi * (y - 1) ** 2 * np.sin(4 * pi * y)
        return float(value), np.array([along_x, along_y])
