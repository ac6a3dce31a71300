"""A small convolutional network on MNIST."""

from __future__ import annotations

from benchmarks.families.convolution import Convolution
from benchmarks.families.data import Split
from benchmarks.families.mnist import SOURCE, mnist


class MnistConvolution(Convolution):
    """Cross-entropy of 14 × 14 pixels → 4 kernels of 3 × 3, tanh, 2 × 2 means → 10 classes."""

    name = "mnist-convolution"
    summary = (
        "Four 3 × 3 kernels, tanh, 2 × 2 means, 10 classes, on 1,000 MNIST digits: 2,010 weights."
    )
    data = f"1,000 to train on of {SOURCE}"
    tags = ("real", "convolution", "mnist")
    budget = 100
    quick_budget = 30
    kernels = 4

    def split(self) -> Split:
        return mnist().first(1000)
