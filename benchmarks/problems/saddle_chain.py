"""Saddles in a row: the way down from one leads to the next, and each takes twice as long.

While a run leaves a saddle, the coordinates that it needs later shrink: gradient descent takes a
time that doubles with every saddle, as in Du et al.'s construction, here smooth.
"""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array, Parameters
from benchmarks.families.terrain import Terrain


def mirrored(w: Array) -> Array:
    """The same point in a mirror, so that no saddle's way down is along one weight alone."""
    return w - 2.0 * w.mean()


class SaddleChain(Terrain):
    """Σ (1 − xᵢ²)²(¼ + xᵢ₊₁²), x = w in a mirror, x₆ = 0: xᵢ₊₁ can leave 0 when xᵢ nears ±1."""

    name = "saddle-chain"
    summary = "Five saddles, each with one way down, that lead from the start to the least minimum."
    data = (
        "a formula of this project, after S. S. Du et al., arXiv:1705.10412; "
        "starts drawn from [−0.1, 0.1]⁵, at the first saddle"
    )
    tags = ("landscapes",)
    targets = (1.1, 1e-1, 1e-9)
    budget = 1000
    dimension, low, high = 5, -0.1, 0.1
    minimizers = mirrored(np.ones(5))
    critical_points = (
        *((mirrored(np.repeat([1.0, 0.0], [passed, 5 - passed])), "saddle") for passed in range(5)),
        (mirrored(np.ones(5)), "minimum"),
    )

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        x = mirrored(w)
        short, after = 1.0 - x**2, np.append(x[1:], 0.0)
        bar = 0.25 + after**2
        gradient = -4.0 * x * short * bar
        gradient[1:] += 2.0 * x[1:] * short[:-1] ** 2
        return float(short**2 @ bar), mirrored(gradient)

    def apart(self, w: Parameters) -> Array:
        differences: Array = np.abs(mirrored(w))[None] - 1.0  # any signs make a minimum
        return differences
