"""Linear classifiers with several classes: convex, so their minima are known."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import numpy as np
from scipy.special import log_softmax

from benchmarks.engine.parameters import Array, Parameters
from benchmarks.families.data import Split
from benchmarks.measures.accuracy import Accuracy
from benchmarks.problem import Problem


class SoftmaxRegression(Problem):
    """The mean cross-entropy of a linear classifier, plus (ridge/2)‖weights‖²."""

    targets = (1e-1, 1e-3, 1e-5)
    measure = Accuracy()
    ridge: ClassVar[float] = 1e-3

    @abstractmethod
    def split(self) -> Split:
        """The rows to train on and to test on."""

    def start(self, rng: np.random.Generator) -> Parameters:
        split = self.split()
        shape = split.train.shape[1], int(split.train_labels.max()) + 1
        return {"weights": 0.1 * rng.standard_normal(shape), "bias": np.zeros(shape[1])}

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        split = self.split()
        logs = log_softmax(split.train @ w["weights"] + w["bias"], axis=1)
        rows = np.arange(len(split.train_labels))
        value = -np.mean(logs[rows, split.train_labels])
        value += 0.5 * self.ridge * (np.sum(w["weights"] ** 2) + np.sum(w["bias"] ** 2))
        back = np.exp(logs)
        back[rows, split.train_labels] -= 1.0
        back /= len(rows)
        gradient = {
            "weights": split.train.T @ back + self.ridge * w["weights"],
            "bias": back.sum(axis=0) + self.ridge * w["bias"],
        }
        return float(value), gradient

    def classes(self, features: Array, w: Parameters) -> Array:
        """The class of each row."""
        return np.argmax(features @ w["weights"] + w["bias"], axis=1)
