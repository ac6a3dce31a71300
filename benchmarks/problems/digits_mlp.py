"""A small neural network on handwritten digits: the nonconvex loss that users actually have."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from benchmarks import data
from benchmarks.cross_entropy import accuracy
from benchmarks.parameters import Array, Parameters
from benchmarks.problem import Problem
from hermosis import autodiff as ad


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
        value, gradient = ad.value_and_grad(self._loss)(w)
        return float(value), gradient

    def measure(self, w: Parameters) -> float:
        digits = data.digits()
        return accuracy(self._scores(digits.test, w), digits.test_labels)

    def _loss(self, w: Parameters) -> Any:
        digits = data.digits()
        return ad.cross_entropy(self._scores(digits.train, w), digits.train_labels)

    @staticmethod
    def _scores(pixels: Array, w: Parameters) -> Any:
        units = ad.tanh(ad.dense(pixels, w["inward"], w["hidden_bias"]))
        return ad.dense(units, w["outward"], w["bias"])
