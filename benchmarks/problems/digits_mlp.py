"""A small neural network on handwritten digits: the nonconvex loss that users actually have."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from benchmarks import data
from benchmarks.network import Network
from benchmarks.parameters import Parameters


class DigitsMLP(Network):
    """Cross-entropy of 64 pixels → 32 tanh units → 10 classes."""

    name = "digits-mlp"
    summary = "A 64–32–10 tanh network on handwritten digits: 2,410 weights, nonconvex."
    data = f"1,797 handwritten 8 × 8 digits, {data.LICENCE}"
    tags = ("digits", "real")
    hidden: ClassVar[int] = 32

    def start(self, rng: np.random.Generator) -> Parameters:
        return {
            "inward": rng.standard_normal((64, self.hidden)) / np.sqrt(64),
            "hidden_bias": np.zeros(self.hidden),
            "outward": rng.standard_normal((self.hidden, 10)) / np.sqrt(self.hidden),
            "bias": np.zeros(10),
        }

    @staticmethod
    def scores(f: Any, pixels: Any, w: Parameters) -> Any:
        units = f.tanh(f.dense(pixels, w["inward"], w["hidden_bias"]))
        return f.dense(units, w["outward"], w["bias"])
