"""A small neural network on MNIST."""

from __future__ import annotations

from benchmarks.families.data import Split
from benchmarks.families.mnist import SOURCE, mnist
from benchmarks.families.perceptron import Perceptron


class MnistMLP(Perceptron):
    """Cross-entropy of 196 pixels → 32 tanh units → 10 classes."""

    name = "mnist-mlp"
    summary = "A 196–32–10 tanh network on 4,000 MNIST digits: 6,634 weights, nonconvex."
    data = f"4,000 to train on of {SOURCE}"
    tags = ("real", "mnist")
    budget = 200
    quick_budget = 60

    def split(self) -> Split:
        return mnist()
