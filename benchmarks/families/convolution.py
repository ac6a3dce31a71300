"""Small convolutional networks: weights that are shared over the image."""

from __future__ import annotations

from math import isqrt
from typing import Any, ClassVar

import numpy as np

from benchmarks.engine.parameters import Parameters
from benchmarks.families.network import Network


class Convolution(Network):
    """Cross-entropy of a square image → `kernels` of 3 × 3, tanh, 2 × 2 means → 10 classes."""

    kernels: ClassVar[int] = 8

    def start(self, rng: np.random.Generator) -> Parameters:
        inner = self.split().train.shape[1] // 4 * self.kernels
        return {
            "kernels": rng.standard_normal((self.kernels, 1, 3, 3)) / 3,
            "kernel_bias": np.zeros(self.kernels),
            "outward": rng.standard_normal((inner, 10)) / np.sqrt(inner),
            "bias": np.zeros(10),
        }

    @staticmethod
    def scores(f: Any, features: Any, w: Parameters) -> Any:
        rows, pixels = features.shape
        images = f.reshape(features, (rows, 1, isqrt(pixels), isqrt(pixels)))
        found = f.tanh(f.conv2d(images, w["kernels"], w["kernel_bias"], padding=1))
        flat = f.reshape(f.mean_pool(found, 2), (rows, -1))
        return f.dense(flat, w["outward"], w["bias"])
