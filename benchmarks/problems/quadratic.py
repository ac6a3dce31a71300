"""An ill-conditioned quadratic: the case that every convergence theorem is about."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array
from benchmarks.engine.quantity import Range
from benchmarks.families.bowl import Bowl, correlations
from benchmarks.families.landscape import RGD

DIMENSION = 50


class Quadratic(Bowl):
    """½ wᵀQw with Q[i, j] = 0.95^|i−j|, condition number about 1,000."""

    name = "quadratic"
    summary = "Correlated quadratic in 50 dimensions, condition number about 1,000."
    data = RGD
    tags = ("rgd",)
    smoothness, convexity = 25.395425, 0.0256663
    quadratic = True
    published_ranges = {
        "step": Range(1e-4, 0.9),
        "momentum": Range(0.5, 0.99, "complement"),
        "saturation": Range(0.0, 20.0, "even"),
    }
    budget = 1000
    matrix = correlations(DIMENSION, 0.95)

    def published(self) -> Array:
        return 10.0 * np.random.default_rng(0).standard_normal(DIMENSION)

    def start(self, rng: np.random.Generator) -> Array:
        return 10.0 * rng.standard_normal(DIMENSION)
