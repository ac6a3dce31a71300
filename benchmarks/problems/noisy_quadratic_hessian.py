"""A quadratic that is noisy where it is steep, as least squares are."""

from __future__ import annotations

import numpy as np

from benchmarks.families.noisy_bowl import NoisyBowl


class NoisyQuadraticHessian(NoisyBowl):
    """½ wᵀQw, Q[i, j] = 0.9^|i−j|; covariance of the noise Q."""

    name = "noisy-quadratic-hessian"
    summary = "A quadratic in 10 dimensions, condition number 135, noisy where it is steep."
    data = "a formula; starts drawn from N(0, 3²), covariance of the noise Q"
    spread = np.linalg.cholesky(NoisyBowl.matrix)
