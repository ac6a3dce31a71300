"""Fourth powers along two directions: no curvature, where a matched kinetic energy is linear."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array, Parameters
from benchmarks.families.landscape import Landscape


class HamiltonianQuartic(Landscape):
    """(x + y)⁴ + (x/2 − y/2)⁴, from (2, 1)."""

    name = "hamiltonian-quartic"
    summary = "A quartic in two dimensions: linear convergence needs a matched kinetic energy."
    data = (
        "a formula; start of C. J. Maddison et al., Hamiltonian Descent Methods, arXiv:1809.05042"
    )
    tags = ("family",)
    targets = (1e-4, 1e-12, 1e-100)
    floor = 1e-300
    budget = 1000
    critical_points = ((0.0, "minimum"),)

    def published(self) -> Array:
        return np.array([2.0, 1.0])

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        x, y = w
        total, half = x + y, 0.5 * (x - y)
        steep, gentle = 4.0 * total**3, 2.0 * half**3
        return float(total**4 + half**4), np.array([steep + gentle, steep - gentle])
