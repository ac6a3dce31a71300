"""Styblinski and Tang's function: each coordinate chooses between two wells, one deeper."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Parameters
from benchmarks.families.terrain import Terrain

DEEP, TOP, SHALLOW = -2.9035340277711771, 0.15673125678034010, 2.7468027709908370
"""The roots of 4w³ − 32w + 5."""


class StyblinskiTang(Terrain):
    """½ Σ wᵢ⁴ − 16wᵢ² + 5wᵢ."""

    name = "styblinski-tang"
    summary = "Styblinski and Tang's function in 10 dimensions: 1,024 minima, one of them deepest."
    data = (
        "a formula; M. A. Styblinski and T.-S. Tang, Neural Networks 3 (1990), 467–483; "
        "starts drawn from [−5, 5]¹⁰"
    )
    tags = ("landscapes",)
    minimum = -391.66165703771415
    targets = (80.0, 1.0, 1e-9)
    floor = 1e-12
    budget = 500
    dimension, low, high = 10, -5.0, 5.0
    minimizers = DEEP
    critical_points = (
        (DEEP, "minimum"),
        (SHALLOW, "minimum"),
        (TOP, "maximum"),
        (np.append(np.full(9, DEEP), TOP), "saddle"),
    )

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        value = 0.5 * np.sum(w**4 - 16.0 * w**2 + 5.0 * w)
        return float(value), 2.0 * w**3 - 16.0 * w + 2.5
