"""A quadratic whose gradient is as uncertain in every direction."""

from __future__ import annotations

import numpy as np

from benchmarks.families.noisy_bowl import DIMENSION, NoisyBowl


class NoisyQuadraticIsotropic(NoisyBowl):
    """½ wᵀQw, Q[i, j] = 0.9^|i−j|; covariance of the noise 1."""

    name = "noisy-quadratic-isotropic"
    summary = "A quadratic in 10 dimensions, condition number 135, under equal noise in each."
    data = "a formula; starts drawn from N(0, 3²), covariance of the noise 1"
    spread = np.eye(DIMENSION)
