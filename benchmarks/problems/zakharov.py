"""Zakharov's function: a plain bowl with one very steep direction."""

from __future__ import annotations

import numpy as np

from benchmarks.landscape import RGD, Landscape
from benchmarks.parameters import Array, Parameters
from benchmarks.quantity import Range


class Zakharov(Landscape):
    """Σ wᵢ² + s² + s⁴ with s = ½ Σ i wᵢ."""

    name = "zakharov"
    summary = "Zakharov's function in 5 dimensions: a bowl that is quartic along one direction."
    data = RGD
    tags = ("rgd",)
    ranges = {
        "step": Range(1e-7, 1e-2),
        "momentum": Range(0.5, 0.95, "complement"),
        "saturation": Range(0.0, 15.0, "even"),
    }
    budget = 200
    places = 0.5 * np.arange(1.0, 6.0)

    def published(self) -> Array:
        return np.ones(5)

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        s = self.places @ w
        return float(w @ w + s**2 + s**4), 2.0 * w + (2.0 * s + 4.0 * s**3) * self.places
