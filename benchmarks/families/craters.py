"""Ackley's function, in any number of dimensions: a cone full of craters."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from benchmarks.engine.parameters import Parameters
from benchmarks.families.terrain import Terrain


class Craters(Terrain):
    """20(1 − e^{−decay·r}) + e − e^{mean cos 2πwᵢ}, where r² is the mean of wᵢ²."""

    floor = 1e-14  # rounding of 20 + e
    decay: ClassVar[float]

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        radius = np.sqrt(np.mean(w**2))
        cone = 20.0 * np.exp(-self.decay * radius)
        waves = np.exp(np.mean(np.cos(2 * np.pi * w)))
        gradient = 2 * np.pi / w.size * waves * np.sin(2 * np.pi * w)
        if radius > 0.0:  # the tip of the cone has no slope of its own
            gradient += self.decay * cone / (radius * w.size) * w
        return float((20.0 - cone) + (np.e - waves)), gradient
