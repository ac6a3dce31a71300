"""Zakharov's function, in any number of dimensions."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Parameters
from benchmarks.families.landscape import Landscape


class Gorge(Landscape):
    """Σ wᵢ² + s² + s⁴ with s = ½ Σ i wᵢ."""

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        places = 0.5 * np.arange(1.0, w.size + 1.0)
        s = places @ w
        return float(w @ w + s**2 + s**4), 2.0 * w + (2.0 * s + 4.0 * s**3) * places
