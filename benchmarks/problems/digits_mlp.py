"""A small neural network on handwritten digits: the nonconvex loss that users actually have."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from benchmarks import data
from benchmarks.cross_entropy import accuracy, cross_entropy
from benchmarks.parameters import Array, Parameters
from benchmarks.problem import Problem


class DigitsMLP(Problem):
    """Cross-entropy of 64 pixels → 32 tanh units → 10 classes."""

    name = "digits-mlp"
    summary = "A 64–32–10 tanh network on handwritten digits: 2,410 weights, nonconvex."
    data = f"1,797 handwritten 8 × 8 digits, {data.LICENCE}"
    tags = ("digits", "real")
    minimum = None
    target = 1e-2
    measure_name = "test accuracy"
    hidden: ClassVar[int] = 32

    def start(self, rng: np.random.Generator) -> Parameters:
        return {
            "inward": rng.standard_normal((64, self.hidden)) / np.sqrt(64),
            "hidden_bias": np.zeros(self.hidden),
            "outward": rng.standard_normal((self.hidden, 10)) / np.sqrt(self.hidden),
            "bias": np.zeros(10),
        }

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        digits = data.digits()
        units, scores = self._forward(digits.train, w)
        value, back = cross_entropy(scores, digits.train_labels)
        inside = (back @ w["outward"].T) * (1.0 - units**2)
        gradient = {
            "inward": digits.train.T @ inside,
            "hidden_bias": inside.sum(axis=0),
            "outward": units.T @ back,
            "bias": back.sum(axis=0),
        }
        return value, gradient

    def measure(self, w: Parameters) -> float:
        digits = data.digits()
        return accuracy(self._forward(digits.test, w)[1], digits.test_labels)

    @staticmethod
    def _forward(pixels: Array, w: Parameters) -> tuple[Array, Array]:
        units = np.tanh(pixels @ w["inward"] + w["hidden_bias"])
        return units, units @ w["outward"] + w["bias"]
