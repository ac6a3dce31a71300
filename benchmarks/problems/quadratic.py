"""An ill-conditioned quadratic: the case that every convergence theorem is about."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from benchmarks.landscape import RGD, Landscape
from benchmarks.parameters import Array, Parameters
from benchmarks.quantity import Range

DIMENSION = 50
CORRELATION = 0.95


class Quadratic(Landscape):
    """½ wᵀQw with Q[i, j] = 0.95^|i−j|, condition number about 1,000."""

    name = "quadratic"
    summary = "Correlated quadratic in 50 dimensions, condition number about 1,000."
    data = RGD
    tags = ("rgd", "convex")
    smoothness, convexity = 25.395425, 0.0256663
    ranges = {
        "step": Range(1e-4, 0.9),
        "momentum": Range(0.5, 0.99, "complement"),
        "saturation": Range(0.0, 20.0, "even"),
    }
    budget = 1000
    matrix: ClassVar[Array] = CORRELATION ** np.abs(
        np.subtract.outer(np.arange(DIMENSION), np.arange(DIMENSION))
    )

    def published(self) -> Array:
        return 10.0 * np.random.default_rng(0).standard_normal(DIMENSION)

    def start(self, rng: np.random.Generator) -> Parameters:
        return 10.0 * rng.standard_normal(DIMENSION)

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        gradient = self.matrix @ w
        return float(0.5 * w @ gradient), gradient
