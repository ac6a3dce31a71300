"""A small convolutional network on handwritten digits: weights that are shared over the image."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from benchmarks import data
from benchmarks.network import Network
from benchmarks.parameters import Parameters


class DigitsConvolution(Network):
    """Cross-entropy of 8 × 8 pixels → 8 kernels of 3 × 3, tanh, 2 × 2 means → 10 classes."""

    name = "digits-convolution"
    summary = "Eight 3 × 3 kernels, tanh, 2 × 2 means, 10 classes, on 360 digits: 1,370 weights."
    data = f"360 of 1,797 handwritten 8 × 8 digits, {data.LICENCE}"
    tags = ("convolution", "real")
    count = 360
    kernels: ClassVar[int] = 8

    def start(self, rng: np.random.Generator) -> Parameters:
        inner = 16 * self.kernels
        return {
            "kernels": rng.standard_normal((self.kernels, 1, 3, 3)) / 3,
            "kernel_bias": np.zeros(self.kernels),
            "outward": rng.standard_normal((inner, 10)) / np.sqrt(inner),
            "bias": np.zeros(10),
        }

    @staticmethod
    def scores(f: Any, pixels: Any, w: Parameters) -> Any:
        images = f.reshape(pixels, (-1, 1, 8, 8))
        found = f.tanh(f.conv2d(images, w["kernels"], w["kernel_bias"], padding=1))
        flat = f.reshape(f.mean_pool(found, 2), (len(pixels), -1))
        return f.dense(flat, w["outward"], w["bias"])
