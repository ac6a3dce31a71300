"""Rosenbrock's valley in 100 dimensions: a curved, narrow floor that punishes short memory."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from benchmarks.parameters import Parameters
from benchmarks.problem import Problem


class Rosenbrock(Problem):
    """Σ 100(w[i+1] − w[i]²)² + (1 − w[i])², from −2, 2, −2, 2, … moved a little for each seed."""

    name = "rosenbrock-100"
    summary = "Rosenbrock's curved valley in 100 dimensions, sum form."
    data = "a formula; start −2, 2, −2, 2, … (arXiv:1903.04100) plus noise of width 0.01"
    tags = ("landscapes",)
    minimum = 0.0
    target = 1e-6
    floor = 1e-30
    measure_name = "distance to the minimum"
    budget = 2000
    width: ClassVar[float] = 0.01

    def start(self, rng: np.random.Generator) -> Parameters:
        return np.tile([-2.0, 2.0], 50) + self.width * rng.standard_normal(100)

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        bend = w[1:] - w[:-1] ** 2
        slope = 1.0 - w[:-1]
        gradient = np.zeros_like(w)
        gradient[:-1] = -400.0 * bend * w[:-1] - 2.0 * slope
        gradient[1:] += 200.0 * bend
        return float(100.0 * bend @ bend + slope @ slope), gradient

    def measure(self, w: Parameters) -> float:
        return float(np.linalg.norm(w - 1.0))
