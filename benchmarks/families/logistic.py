"""Linear classifiers with two classes: convex, so their minima are known."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from benchmarks.engine.parameters import Array, Parameters
from benchmarks.families.data import Split
from benchmarks.measures.accuracy import Accuracy
from benchmarks.problem import Problem


class LogisticRegression(Problem):
    """Mean of log(1 + e^{−y·score}), y = ±1, plus (ridge/2)‖w‖²; the last weight is the bias."""

    measure = Accuracy()
    targets = (1e-2, 1e-4, 1e-6)
    ridge: ClassVar[float] = 1e-3

    @abstractmethod
    def split(self) -> Split:
        """The rows to train on and to test on, dense or sparse."""

    def start(self, rng: np.random.Generator) -> Parameters:
        return rng.standard_normal(self.split().train.shape[1] + 1)

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        rows = self.split()
        return self.on_rows(rows.train, rows.train_labels, w)

    def on_rows(self, features: Array, labels: NDArray[np.int64], w: Array) -> tuple[float, Array]:
        """The loss and its gradient, where only these rows are seen."""
        margins = (2.0 * labels - 1.0) * self._scores(features, w)
        value = np.mean(np.logaddexp(0.0, -margins)) + 0.5 * self.ridge * np.sum(w**2)
        back = self.pulls(features, labels, w) / len(labels)
        gradient = np.append(features.T @ back, back.sum()) + self.ridge * w
        return float(value), gradient

    def pulls(self, features: Array, labels: NDArray[np.int64], w: Array) -> Array:
        """The derivative of each row's loss by its score."""
        found: Array = expit(self._scores(features, w)) - labels
        return found

    def classes(self, features: Array, w: Parameters) -> NDArray[np.bool_]:
        """The class of each row."""
        return self._scores(features, w) > 0.0

    @staticmethod
    def _scores(features: Array, w: Array) -> Array:
        scores: Array = features @ w[:-1] + w[-1]
        return scores
