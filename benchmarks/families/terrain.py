"""Functions with several critical points, from a random start in a box."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from benchmarks.engine.parameters import Array
from benchmarks.families.landscape import Landscape


class Terrain(Landscape):
    """One vector; each seed draws the start evenly from the box, seed 0 the one that is shown."""

    dimension: ClassVar[int]
    low: ClassVar[Any]
    """The least corner of the box of starts: an array, or a number for all places."""
    high: ClassVar[Any]
    """The greatest corner."""
    success: ClassVar[float] = 1e-3
    """Where `Success` is the measure: gaps below this are reached near the least minimum only."""

    def start(self, rng: np.random.Generator) -> Array:
        return rng.uniform(self.low, self.high, self.dimension)

    def published(self) -> Array:
        return self.start(np.random.default_rng(0))
