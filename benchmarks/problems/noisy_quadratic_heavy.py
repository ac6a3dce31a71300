"""A quadratic under rare large errors, as gradients of language models have them."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array
from benchmarks.families.noisy_bowl import DIMENSION, NoisyBowl


class NoisyQuadraticHeavy(NoisyBowl):
    """½ wᵀQw, Q[i, j] = 0.9^|i−j|; ξᵢ of Student's t with 3 degrees of freedom, variance 1."""

    name = "noisy-quadratic-heavy"
    summary = "A quadratic in 10 dimensions, condition number 135, under noise with heavy tails."
    data = "a formula; starts drawn from N(0, 3²), covariance of the noise 1, no fourth moment"
    spread = np.eye(DIMENSION)

    def independent(self, rng: np.random.Generator) -> Array:
        return rng.standard_t(3.0, DIMENSION) / np.sqrt(3.0)  # whose variance is 3
