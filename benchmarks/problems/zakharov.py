"""Zakharov's function: a plain bowl with one very steep direction."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array
from benchmarks.engine.quantity import Range
from benchmarks.families.gorge import Gorge
from benchmarks.families.landscape import RGD


class Zakharov(Gorge):
    """Σ wᵢ² + s² + s⁴ with s = ½ Σ i wᵢ."""

    name = "zakharov"
    summary = "Zakharov's function in 5 dimensions: a bowl that is quartic along one direction."
    data = RGD
    tags = ("rgd",)
    ranges = {"step": Range(1e-6, 1.0)}
    published_ranges = {
        "step": Range(1e-7, 1e-2),
        "momentum": Range(0.5, 0.95, "complement"),
        "saturation": Range(0.0, 15.0, "even"),
    }
    budget = 200

    def published(self) -> Array:
        return np.ones(5)
