"""Softmax regression on handwritten digits: strongly convex, so its minimum is known."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from benchmarks import data
from benchmarks.cross_entropy import accuracy, cross_entropy
from benchmarks.parameters import Parameters
from benchmarks.problem import Problem


class DigitsSoftmax(Problem):
    """Cross-entropy of a linear classifier, plus (ridge/2)‖weights‖²."""

    name = "digits-softmax"
    summary = "Softmax regression on handwritten digits: 650 weights, strongly convex."
    data = f"1,797 handwritten 8 × 8 digits, {data.LICENCE}"
    tags = ("digits", "real")
    minimum = 0.2623577231425397
    target = 1e-3
    measure_name = "test accuracy"
    ridge: ClassVar[float] = 1e-3

    def start(self, rng: np.random.Generator) -> Parameters:
        return {"weights": 0.1 * rng.standard_normal((64, 10)), "bias": np.zeros(10)}

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        digits = data.digits()
        scores = digits.train @ w["weights"] + w["bias"]
        value, back = cross_entropy(scores, digits.train_labels)
        value += 0.5 * self.ridge * (np.sum(w["weights"] ** 2) + np.sum(w["bias"] ** 2))
        gradient = {
            "weights": digits.train.T @ back + self.ridge * w["weights"],
            "bias": back.sum(axis=0) + self.ridge * w["bias"],
        }
        return float(value), gradient

    def measure(self, w: Parameters) -> float:
        digits = data.digits()
        return accuracy(digits.test @ w["weights"] + w["bias"], digits.test_labels)
