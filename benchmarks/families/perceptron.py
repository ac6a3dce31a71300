"""Networks with one layer of hidden units."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from benchmarks.engine.parameters import Parameters
from benchmarks.families.network import Network


class Perceptron(Network):
    """Cross-entropy of pixels → `hidden` tanh units → 10 classes."""

    hidden: ClassVar[int] = 32

    def start(self, rng: np.random.Generator) -> Parameters:
        pixels = self.split().train.shape[1]
        return {
            "inward": rng.standard_normal((pixels, self.hidden)) / np.sqrt(pixels),
            "hidden_bias": np.zeros(self.hidden),
            "outward": rng.standard_normal((self.hidden, 10)) / np.sqrt(self.hidden),
            "bias": np.zeros(10),
        }

    @staticmethod
    def scores(f: Any, features: Any, w: Parameters) -> Any:
        units = f.tanh(f.dense(features, w["inward"], w["hidden_bias"]))
        return f.dense(units, w["outward"], w["bias"])
