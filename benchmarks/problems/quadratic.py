"""An ill-conditioned quadratic: the case that every convergence theorem is about."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from benchmarks.parameters import Array, Parameters
from benchmarks.problem import Problem

DIMENSION = 50
CORRELATION = 0.95


class Quadratic(Problem):
    """½ wᵀQw with Q[i, j] = 0.95^|i−j|, condition number about 1,500."""

    name = "quadratic"
    summary = "Correlated quadratic in 50 dimensions, condition number about 1,500."
    data = "a formula; start N(0, 10²) (arXiv:1903.04100)"
    tags = ("landscapes",)
    minimum = 0.0
    target = 1e-6
    floor = 1e-30
    measure_name = "distance to the minimum"
    budget = 1000
    matrix: ClassVar[Array] = CORRELATION ** np.abs(
        np.subtract.outer(np.arange(DIMENSION), np.arange(DIMENSION))
    )

    def start(self, rng: np.random.Generator) -> Parameters:
        return 10.0 * rng.standard_normal(DIMENSION)

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        gradient = self.matrix @ w
        return float(0.5 * w @ gradient), gradient

    def measure(self, w: Parameters) -> float:
        return float(np.linalg.norm(w))
