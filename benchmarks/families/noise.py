"""Gradients that are told with noise, of a covariance that is stated.

The exact loss is what is reported, averaged over the latest gradients: `row.gaps_of`.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

import numpy as np

from benchmarks.engine.parameters import Array, Parameters
from benchmarks.problem import Problem


class Noise(Problem):
    """A problem of one vector whose optimizers are told less than the truth, by `seen`."""

    noisy = True

    @abstractmethod
    def seen(
        self, w: Parameters, value: float, gradient: Parameters, rng: np.random.Generator
    ) -> tuple[float, Parameters]:
        """A value and its own gradient at `w`, right on average."""

    @abstractmethod
    def covariance(self, w: Parameters) -> Array:
        """The covariance of the gradient that is seen at `w`."""


class Tilt(Noise):
    """The loss is seen with a plane ξ·w added, so that value and gradient belong together."""

    spread: ClassVar[Any]
    """What independent numbers of variance 1 are multiplied by to give ξ."""

    def seen(
        self, w: Parameters, value: float, gradient: Parameters, rng: np.random.Generator
    ) -> tuple[float, Parameters]:
        tilt = self.spread @ self.independent(rng)
        return value + float(tilt @ w), gradient + tilt

    def covariance(self, w: Parameters) -> Array:
        covariance: Array = self.spread @ self.spread.T
        return covariance

    def independent(self, rng: np.random.Generator) -> Array:
        """Independent numbers of mean 0 and variance 1: normal, unless a subclass says else."""
        return rng.standard_normal(self.spread.shape[1:])
