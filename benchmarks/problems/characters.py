"""A character model: the smallest loss that behaves like those of language models."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from benchmarks.engine.parameters import Parameters
from benchmarks.families.data import Split
from benchmarks.families.network import Network
from benchmarks.families.text import LENGTH, SYMBOLS, windows
from benchmarks.measures.bits import Bits
from hermosis import autodiff as ad


class Characters(Network):
    """Cross-entropy of 8 characters → 8 × 4 numbers → 16 tanh units → the next; (ridge/2)‖w‖²."""

    name = "characters"
    summary = "A model of the next of 40 characters from the last 8, on 4,000 windows of English."
    data = (
        "the help texts in Python's own pydoc_data (Python Software Foundation, 2001 to today; PSF "
        "licence); they differ a little from one version to the next, and so do the losses"
    )
    tags = ("real", "text")
    targets = (2.6, 2.3, 2.25)
    measure = Bits()
    budget = 250
    quick_budget = 60
    width: ClassVar[int] = 4
    hidden: ClassVar[int] = 16
    ridge: ClassVar[float] = 1e-3

    def split(self) -> Split:
        return windows(train=4000, test=1000)

    def start(self, rng: np.random.Generator) -> Parameters:
        inner = LENGTH * self.width
        return {
            "table": rng.standard_normal((SYMBOLS, self.width)),
            "inward": rng.standard_normal((inner, self.hidden)) / np.sqrt(inner),
            "hidden_bias": np.zeros(self.hidden),
            "outward": rng.standard_normal((self.hidden, SYMBOLS)) / np.sqrt(self.hidden),
            "bias": np.zeros(SYMBOLS),
        }

    def loss(self, w: Parameters) -> Any:
        # Without the ridge the better of two optimizers is the worse on other text.
        return super().loss(w) + 0.5 * self.ridge * sum(ad.sum(part**2) for part in w.values())

    @staticmethod
    def scores(f: Any, features: Any, w: Parameters) -> Any:
        read = f.reshape(f.embedding(w["table"], features), (len(features), -1))
        units = f.tanh(f.dense(read, w["inward"], w["hidden_bias"]))
        return f.dense(units, w["outward"], w["bias"])
