"""A small neural network on handwritten digits: the nonconvex loss that users actually have."""

from __future__ import annotations

from benchmarks.families import data
from benchmarks.families.data import Split
from benchmarks.families.perceptron import Perceptron


class DigitsMLP(Perceptron):
    """Cross-entropy of 64 pixels → 32 tanh units → 10 classes."""

    name = "digits-mlp"
    summary = "A 64–32–10 tanh network on handwritten digits: 2,410 weights, nonconvex."
    data = f"1,797 handwritten 8 × 8 digits; {data.DIGITS}"
    tags = ("real", "digits")

    def split(self) -> Split:
        return data.digits()
