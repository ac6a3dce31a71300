"""Rosenbrock's valley in 100 dimensions: a curved, narrow floor that punishes short memory."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array
from benchmarks.engine.quantity import Range
from benchmarks.families.landscape import RGD
from benchmarks.families.valley import Valley


class Rosenbrock(Valley):
    """Σ 100(w[i+1] − w[i]²)² + (1 − w[i])², from −2, 2, −2, 2, …."""

    name = "rosenbrock-100"
    summary = "Rosenbrock's curved valley in 100 dimensions, sum form."
    data = RGD
    tags = ("rgd",)
    ranges = {"step": Range(1e-6, 1.0)}
    published_ranges = {
        "step": Range(1e-5, 1e-2),
        "momentum": Range(0.9, 0.99, "complement"),
        "saturation": Range(0.0, 30.0, "even"),
    }
    budget = 2000

    def published(self) -> Array:
        return np.tile([-2.0, 2.0], 50)
