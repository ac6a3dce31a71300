"""Logistic regression on breast cancer: the smallest real problem with correlated features."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from benchmarks import data
from benchmarks.data import Split
from benchmarks.measures.accuracy import Accuracy
from benchmarks.parameters import Array, Parameters
from benchmarks.problem import Problem


class BreastCancer(Problem):
    """Mean of log(1 + e^{−y·score}), y = ±1, plus (ridge/2)‖w‖²; the last weight is the bias."""

    name = "breast-cancer"
    summary = "Logistic regression on breast cancer: 31 weights, correlated features, convex."
    data = f"569 tumours with 30 measurements, {data.LICENCE}"
    tags = ("real",)
    minimum = 0.06528715200806799
    targets = (1e-2, 1e-4, 1e-6)
    measure = Accuracy()
    ridge: ClassVar[float] = 1e-3

    def start(self, rng: np.random.Generator) -> Parameters:
        return rng.standard_normal(31)

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        tumours = data.breast_cancer()
        signs = 2.0 * tumours.train_labels - 1.0
        margins = signs * self._scores(tumours.train, w)
        value = np.mean(np.logaddexp(0.0, -margins)) + 0.5 * self.ridge * np.sum(w**2)
        back = -signs / (1.0 + np.exp(np.minimum(margins, 700.0))) / len(signs)
        gradient = np.append(tumours.train.T @ back, back.sum()) + self.ridge * w
        return float(value), gradient

    def split(self) -> Split:
        """The rows to train on and to test on."""
        return data.breast_cancer()

    def classes(self, features: Array, w: Parameters) -> NDArray[np.bool_]:
        """The class of each row."""
        return self._scores(features, w) > 0.0

    @staticmethod
    def _scores(features: Array, w: Array) -> Array:
        scores: Array = features @ w[:-1] + w[-1]
        return scores
