"""Rosenbrock's valley, in any number of dimensions."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Parameters
from benchmarks.families.landscape import Landscape


class Valley(Landscape):
    """Σ 100(w[i+1] − w[i]²)² + (1 − w[i])²."""

    minimizers = 1.0

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        bend = w[1:] - w[:-1] ** 2
        slope = 1.0 - w[:-1]
        gradient = np.zeros_like(w)
        gradient[:-1] = -400.0 * bend * w[:-1] - 2.0 * slope
        gradient[1:] += 200.0 * bend
        return float(100.0 * bend @ bend + slope @ slope), gradient
