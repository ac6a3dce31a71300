"""One quadratic under noise of several shapes, all of the same strength."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array
from benchmarks.families.bowl import Bowl, correlations
from benchmarks.families.noise import Tilt

DIMENSION = 10


class NoisyBowl(Tilt, Bowl):
    """½ wᵀQw with Q[i, j] = 0.9^|i−j|; the covariance of the noise has the trace of Q, 10.

    So gradient descent with small steps ends at the same loss, 10/4 of its lr, whatever the shape.
    """

    tags = ("noise",)
    floor = 1e-14
    smoothness, convexity = 7.3073421, 0.053934038
    quadratic = True
    budget = 2000
    targets = (1.0, 0.3, 0.1)
    matrix = correlations(DIMENSION, 0.9)

    def published(self) -> Array:
        return self.start(np.random.default_rng(0))

    def start(self, rng: np.random.Generator) -> Array:
        return 3.0 * rng.standard_normal(DIMENSION)
