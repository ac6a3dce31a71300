"""Rosenbrock's valley in 1,000 dimensions, from the corners of the usual box."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array
from benchmarks.engine.quantity import Range
from benchmarks.families.landscape import RGD
from benchmarks.families.valley import Valley


class Rosenbrock1000(Valley):
    """Σ 100(w[i+1] − w[i]²)² + (1 − w[i])², from 2.048 in the first half and −2.048 after it."""

    name = "rosenbrock-1000"
    summary = "Rosenbrock's curved valley in 1,000 dimensions, sum form."
    data = RGD
    tags = ("rgd",)
    ranges = {"step": Range(1e-6, 1.0)}
    published_ranges = {
        "step": Range(1e-9, 1e-2),
        "momentum": Range(0.7, 0.99, "complement"),
        "saturation": Range(0.0, 50.0, "even"),
    }
    budget = 2000

    def published(self) -> Array:
        return np.repeat([2.048, -2.048], 500)
