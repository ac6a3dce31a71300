"""A small convolutional network on handwritten digits: weights that are shared over the image."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from benchmarks import data
from benchmarks.cross_entropy import accuracy
from benchmarks.parameters import Array, Parameters
from benchmarks.problem import Problem
from hermosis import autodiff as ad


class DigitsConvolution(Problem):
    """Cross-entropy of 8 × 8 pixels → 8 kernels of 3 × 3, tanh, means of 2 × 2 → 10 classes."""

    name = "digits-convolution"
    summary = "Eight 3 × 3 kernels, tanh, 2 × 2 means, 10 classes, on 360 digits: 1,370 weights."
    data = f"360 of 1,797 handwritten 8 × 8 digits, {data.LICENCE}"
    tags = ("convolution", "real")
    minimum = None
    target = 1e-2
    measure_name = "test accuracy"
    kernels: ClassVar[int] = 8
    images: ClassVar[int] = 360

    def start(self, rng: np.random.Generator) -> Parameters:
        inner = 16 * self.kernels
        return {
            "kernels": rng.standard_normal((self.kernels, 1, 3, 3)) / 3,
            "kernel_bias": np.zeros(self.kernels),
            "outward": rng.standard_normal((inner, 10)) / np.sqrt(inner),
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
        scores = self._scores(digits.train[: self.images], w)
        return ad.cross_entropy(scores, digits.train_labels[: self.images])

    @staticmethod
    def _scores(pixels: Array, w: Parameters) -> Any:
        images = pixels.reshape(-1, 1, 8, 8)
        found = ad.tanh(ad.conv2d(images, w["kernels"], w["kernel_bias"], padding=1))
        flat = ad.reshape(ad.mean_pool(found, 2), (len(pixels), -1))
        return ad.dense(flat, w["outward"], w["bias"])
