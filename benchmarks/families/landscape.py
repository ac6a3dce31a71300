"""Functions of one vector whose minimizers are known, from a published start."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar, Literal

import numpy as np

from benchmarks.engine.parameters import Array, Parameters
from benchmarks.measure import Measure
from benchmarks.measures.distance import Distance
from benchmarks.problem import Problem

Kind = Literal["minimum", "saddle", "maximum"]

RGD = "a formula; start and ranges of arXiv:1903.04100, table 1"


class Landscape(Problem):
    """One vector; each seed moves the published start by about `width` times its length.

    A tenth is far enough that hyperparameters which suit one start by chance do not suit all.
    """

    minimum = 0.0
    floor = 1e-30
    measure: ClassVar[Measure] = Distance()
    width: ClassVar[float] = 0.1
    minimizers: ClassVar[Any] = 0.0
    """Points of least loss: an array of them, or one that is broadcast."""
    critical_points: ClassVar[tuple[tuple[Any, Kind], ...]] = ()
    """Points without slope, not always all of them: each an array, or a number for all places."""

    @abstractmethod
    def published(self) -> Array:
        """The start of the published experiment."""

    def start(self, rng: np.random.Generator) -> Parameters:
        point = self.published()
        size = np.sqrt(np.mean(point**2))
        return point + self.width * size * rng.standard_normal(point.shape)

    def apart(self, w: Parameters) -> Array:
        """The differences to the points of least loss, in rows."""
        differences: Array = np.atleast_2d(w - np.asarray(self.minimizers))
        return differences
