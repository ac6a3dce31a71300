"""A small convolutional network on handwritten digits: weights that are shared over the image."""

from __future__ import annotations

from benchmarks.families import data
from benchmarks.families.convolution import Convolution
from benchmarks.families.data import Split


class DigitsConvolution(Convolution):
    """Cross-entropy of 8 × 8 pixels → 8 kernels of 3 × 3, tanh, 2 × 2 means → 10 classes."""

    name = "digits-convolution"
    summary = "Eight 3 × 3 kernels, tanh, 2 × 2 means, 10 classes, on 720 digits: 1,370 weights."
    data = f"720 of 1,797 handwritten 8 × 8 digits; {data.DIGITS}"
    tags = ("real", "convolution")
    budget = 250
    quick_budget = 50

    def split(self) -> Split:
        return data.digits().first(720)
