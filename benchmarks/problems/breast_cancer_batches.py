"""Logistic regression on breast cancer by batches of rows: the noise that learning has."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array, Parameters
from benchmarks.families import data
from benchmarks.families.data import Split
from benchmarks.families.logistic import LogisticRegression
from benchmarks.families.noise import Noise

BATCH = 32


class BreastCancerBatches(Noise, LogisticRegression):
    """Mean of log(1 + e^{−y·score}), y = ±1, plus (ridge/2)‖w‖², seen on 32 rows each time."""

    name = "breast-cancer-batches"
    summary = "Logistic regression on breast cancer by batches of 32 rows: 31 weights, convex."
    data = f"569 tumours with 30 measurements; {data.BREAST_CANCER}; rows drawn with replacement"
    tags = ("noise",)
    minimum = 0.06528715200806799
    smoothness, convexity = 3.36782, 1e-3
    targets = (1e-1, 3e-2, 1e-2)
    budget = 1000

    def split(self) -> Split:
        return data.breast_cancer()

    def seen(
        self, w: Parameters, value: float, gradient: Parameters, rng: np.random.Generator
    ) -> tuple[float, Parameters]:
        rows = self.split()
        batch = rng.integers(len(rows.train), size=BATCH)
        return self.on_rows(rows.train[batch], rows.train_labels[batch], w)

    def covariance(self, w: Parameters) -> Array:
        rows = self.split()
        pulls = self.pulls(rows.train, rows.train_labels, w)
        gradients = pulls[:, None] * np.column_stack([rows.train, np.ones(len(pulls))])
        covariance: Array = np.cov(gradients, rowvar=False, bias=True) / BATCH
        return covariance
