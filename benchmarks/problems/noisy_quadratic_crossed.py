"""A quadratic that is noisy where it is flat: steps that are good for one are bad for the other."""

from __future__ import annotations

import numpy as np

from benchmarks.families.noisy_bowl import DIMENSION, NoisyBowl

INVERSE = np.linalg.inv(NoisyBowl.matrix)


class NoisyQuadraticCrossed(NoisyBowl):
    """½ wᵀQw, Q[i, j] = 0.9^|i−j|; covariance of the noise Q⁻¹ times 10 over its trace."""

    name = "noisy-quadratic-crossed"
    summary = "A quadratic in 10 dimensions, condition number 135, noisy where it is flat."
    data = "a formula; starts drawn from N(0, 3²), covariance of the noise Q⁻¹ of trace 10"
    spread = np.linalg.cholesky(INVERSE * DIMENSION / np.trace(INVERSE))
