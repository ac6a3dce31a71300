"""Ridge regression on diabetes: a small quadratic with the curvatures of real measurements."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from benchmarks.engine.parameters import Array, Parameters
from benchmarks.families import data
from benchmarks.families.data import Split
from benchmarks.measures.explained import Explained
from benchmarks.problem import Problem


class DiabetesRidge(Problem):
    """½ mean of (features·w − disease)², plus (ridge/2)‖w‖²; everything is standardized."""

    name = "diabetes-ridge"
    summary = (
        "Ridge regression on diabetes: 10 weights, a convex quadratic of condition number 464."
    )
    data = f"442 patients with 10 measurements; {data.DIABETES}"
    tags = ("real",)
    minimum = 0.2342954508731216
    smoothness, convexity = 4.1486255, 0.0089461158
    quadratic = True
    targets = (1e-2, 1e-6, 1e-10)
    measure = Explained()
    budget = 500
    ridge: ClassVar[float] = 1e-3

    def start(self, rng: np.random.Generator) -> Parameters:
        return rng.standard_normal(10)

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        rows = self.split()
        apart = self.predictions(rows.train, w) - rows.train_labels
        value = 0.5 * np.mean(apart**2) + 0.5 * self.ridge * np.sum(w**2)
        return float(value), rows.train.T @ apart / apart.size + self.ridge * w

    def split(self) -> Split:
        """The rows to train on and to test on."""
        return data.diabetes()

    @staticmethod
    def predictions(features: Array, w: Array) -> Array:
        """The disease that the measurements let expect."""
        return features @ w
