"""Rosenbrock's valley under noise: it hides the slope along the floor, not the walls."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array
from benchmarks.engine.quantity import Range
from benchmarks.families.noise import Tilt
from benchmarks.families.valley import Valley


class NoisyRosenbrock(Tilt, Valley):
    """Σ 100(w[i+1] − w[i]²)² + (1 − w[i])², from −2, 2, −2, 2, …; covariance of the noise 1."""

    name = "noisy-rosenbrock"
    summary = "Rosenbrock's valley in 10 dimensions, under noise that hides the slope of its floor."
    data = "a formula; start of arXiv:1903.04100 for more dimensions, covariance of the noise 1"
    tags = ("noise",)
    targets = (10.0, 1.0, 0.1)
    floor = 1e-14
    ranges = {"step": Range(1e-6, 1.0)}
    budget = 3000
    spread = np.eye(10)

    def published(self) -> Array:
        return np.tile([-2.0, 2.0], 5)
