"""Quadratics: what every convergence theorem is about."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array, Parameters
from benchmarks.families.landscape import Landscape


class Bowl(Landscape):
    """½ wᵀQw, where Q is the problem's `matrix`."""

    matrix: Array

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        gradient = self.matrix @ w
        return float(0.5 * w @ gradient), gradient


def correlations(dimension: int, correlation: float) -> Array:
    """The matrix of correlation^|i−j|."""
    places = np.arange(dimension)
    matrix: Array = correlation ** np.abs(np.subtract.outer(places, places))
    return matrix
