"""Qing's function: a minimum in each orthant."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array, Parameters
from benchmarks.engine.quantity import Range
from benchmarks.families.landscape import RGD, Landscape


class Qing(Landscape):
    """Σ (wᵢ² − i)², i = 1 … 100."""

    name = "qing"
    summary = "Qing's function in 100 dimensions: 2¹⁰⁰ minima, all alike."
    data = RGD
    tags = ("rgd",)
    ranges = {"step": Range(1e-6, 1.0)}
    published_ranges = {
        "step": Range(1e-6, 1e-2),
        "momentum": Range(0.7, 0.99, "complement"),
        "saturation": Range(0.0, 20.0, "even"),
    }
    budget = 1000
    places = np.arange(1.0, 101.0)
    minimizers = np.sqrt(places)

    def published(self) -> Array:
        return np.full(100, 50.0)

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        apart = w**2 - self.places
        return float(apart @ apart), 4.0 * w * apart

    def apart(self, w: Parameters) -> Array:
        return np.abs(w) - np.sqrt(self.places)
