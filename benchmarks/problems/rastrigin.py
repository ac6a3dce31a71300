"""Rastrigin's function: a bowl under a lattice of deep hollows."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Parameters
from benchmarks.families.terrain import Terrain

TOP, BESIDE = 0.50254603655467463, 0.99495863765233480
"""The first positive roots of w + 10π sin 2πw, the top of a wall and the next hollow."""


class Rastrigin(Terrain):
    """Σ wᵢ² + 10(1 − cos 2πwᵢ)."""

    name = "rastrigin"
    summary = "Rastrigin's function in 10 dimensions: a lattice of minima, each a trap."
    data = (
        "a formula; H. Mühlenbein et al., Parallel Computing 17 (1991), 619–632; "
        "starts drawn from [−5.12, 5.12]¹⁰"
    )
    tags = ("landscapes",)
    targets = (50.0, 10.0, 1e-6)
    budget = 1000
    dimension, low, high = 10, -5.12, 5.12
    critical_points = (
        (0.0, "minimum"),
        (BESIDE, "minimum"),
        (TOP, "maximum"),
        (np.append(np.zeros(9), TOP), "saddle"),
    )

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        hollows = 20.0 * np.sin(np.pi * w) ** 2  # 10(1 − cos), without its cancellation
        return float(w @ w + hollows.sum()), 2.0 * w + 20.0 * np.pi * np.sin(2 * np.pi * w)
