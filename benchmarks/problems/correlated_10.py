"""A correlated quadratic on which a leapfrog integrator was first raced with Nesterov's method."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array
from benchmarks.families.bowl import Bowl, correlations

DIMENSION = 10


class Correlated10(Bowl):
    """½ wᵀQw with Q[i, j] = 0.96^|i−j|, condition number about 420."""

    name = "correlated-10"
    summary = "Correlated quadratic in 10 dimensions, condition number 420."
    data = (
        "a formula, from 1: published are 333 steps of a leapfrog integrator until ‖∇f‖ < 1e-10, "
        "and 638 of Nesterov's method"
    )
    tags = ("family",)
    smoothness, convexity = 8.7867683, 0.020917762
    quadratic = True
    targets = (1e-4, 1e-10, 1e-19)
    budget = 700
    matrix = correlations(DIMENSION, 0.96)

    def published(self) -> Array:
        return np.ones(DIMENSION)
