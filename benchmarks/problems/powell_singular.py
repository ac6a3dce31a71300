"""Powell's singular function: no curvature in two of four directions at the minimum."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array, Parameters
from benchmarks.families.landscape import Landscape


class PowellSingular(Landscape):
    """(a + 10b)² + 5(c − d)² + (b − 2c)⁴ + 10(a − d)⁴."""

    name = "powell-singular"
    summary = "Powell's singular function: four dimensions, flat along two of them at the minimum."
    data = (
        "a formula; M. J. D. Powell, The Computer Journal 5 (1962), 147–151; its start, as number "
        "13 of J. J. Moré et al., ACM Transactions on Mathematical Software 7 (1981), 17–41"
    )
    tags = ("landscapes",)
    targets = (1e-2, 1e-6, 1e-12)
    budget = 1000
    critical_points = ((0.0, "minimum"),)

    def published(self) -> Array:
        return np.array([3.0, -1.0, 0.0, 1.0])

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        a, b, c, d = w
        steep, across, bent, far = a + 10 * b, c - d, b - 2 * c, a - d
        value = steep**2 + 5 * across**2 + bent**4 + 10 * far**4
        along_a, along_b = 2 * steep + 40 * far**3, 20 * steep + 4 * bent**3
        along_c, along_d = 10 * across - 8 * bent**3, -10 * across - 40 * far**3
        return float(value), np.array([along_a, along_b, along_c, along_d])
