"""Zakharov's function in ten dimensions, as energy-conserving descent met it."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array
from benchmarks.engine.quantity import Range
from benchmarks.families.gorge import Gorge


class Zakharov10(Gorge):
    """Σ wᵢ² + s² + s⁴ with s = ½ Σ i wᵢ, from 1."""

    name = "zakharov-10"
    summary = "Zakharov's function in 10 dimensions: a bowl that is quartic along one direction."
    data = (
        "a formula; start of arXiv:2201.11137, which reports after 10,000 steps 1e-22 for the "
        "energy-conserving BBI and 4.4e-12 for momentum"
    )
    tags = ("family",)
    targets = (1e-2, 1e-10, 1e-20)
    ranges = {"step": Range(1e-8, 1e-2)}
    budget = 10_000

    def published(self) -> Array:
        return np.ones(10)
