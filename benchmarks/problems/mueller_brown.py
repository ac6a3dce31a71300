"""Müller and Brown's surface: the test of every search for reaction paths."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Parameters
from benchmarks.families.terrain import Terrain
from benchmarks.measures.success import Success

HEIGHTS = np.array([-200.0, -100.0, -170.0, 15.0])
CENTRES = np.array([[1.0, 0.0, -0.5, -1.0], [0.0, 0.5, 1.5, 1.0]])
ALONG_X = np.array([-1.0, -1.0, -6.5, 0.7])
ACROSS = np.array([0.0, 0.0, 11.0, 0.6])
ALONG_Y = np.array([-10.0, -10.0, -6.5, 0.7])


class MuellerBrown(Terrain):
    """Σ of four terms A exp(a(x − x₀)² + b(x − x₀)(y − y₀) + c(y − y₀)²)."""

    name = "mueller-brown"
    summary = "Müller and Brown's surface: two dimensions, three minima and two passes."
    data = (
        "a formula; K. Müller and L. D. Brown, Theoretica Chimica Acta 53 (1979), 75–93; "
        "starts drawn from [−1.5, 1] × [−0.2, 2]"
    )
    tags = ("landscapes",)
    minimum = -146.699517209954
    targets = (3.0, 1e-3, 1e-9)
    floor = 1e-12
    measure = Success()
    budget = 500
    dimension, low, high = 2, (-1.5, -0.2), (1.0, 2.0)
    minimizers = (-0.558223634633024, 1.44172584180467)
    critical_points = (
        ((-0.558223634633024, 1.44172584180467), "minimum"),
        ((0.623499404930877, 0.0280377585286857), "minimum"),  # −108.166724116852
        ((-0.0500108229982061, 0.466694104871972), "minimum"),  # −80.767818129659
        ((-0.822001558732732, 0.624312802814871), "saddle"),  # −40.664843508657
        ((0.212486582000662, 0.292988325107368), "saddle"),  # −72.248940112325
    )

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        x, y = w[:, None] - CENTRES
        terms = HEIGHTS * np.exp(ALONG_X * x**2 + ACROSS * x * y + ALONG_Y * y**2)
        along_x = terms @ (2.0 * ALONG_X * x + ACROSS * y)
        along_y = terms @ (ACROSS * x + 2.0 * ALONG_Y * y)
        return float(terms.sum()), np.array([along_x, along_y])
