"""Softmax regression on MNIST: convex, and ill-conditioned as pictures are."""

from __future__ import annotations

from benchmarks.families.data import Split
from benchmarks.families.mnist import SOURCE, mnist
from benchmarks.families.softmax import SoftmaxRegression


class MnistSoftmax(SoftmaxRegression):
    """Cross-entropy of a linear classifier, plus (ridge/2)‖weights‖²."""

    name = "mnist-softmax"
    summary = "Softmax regression on 4,000 MNIST digits of 14 × 14: 1,970 weights, strongly convex."
    data = SOURCE
    tags = ("real", "mnist")
    minimum = 0.4172465204245119
    smoothness, convexity = 5.14568, 1e-3
    budget = 300
    quick_budget = 60

    def split(self) -> Split:
        return mnist()
