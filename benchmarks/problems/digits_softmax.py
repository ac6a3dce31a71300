"""Softmax regression on handwritten digits: strongly convex, so its minimum is known."""

from __future__ import annotations

from benchmarks.families import data
from benchmarks.families.data import Split
from benchmarks.families.softmax import SoftmaxRegression


class DigitsSoftmax(SoftmaxRegression):
    """Cross-entropy of a linear classifier, plus (ridge/2)‖weights‖²."""

    name = "digits-softmax"
    summary = "Softmax regression on handwritten digits: 650 weights, strongly convex."
    data = f"1,797 handwritten 8 × 8 digits; {data.DIGITS}"
    tags = ("real", "digits")
    minimum = 0.2623577231425397
    smoothness, convexity = 5.72737, 1e-3

    def split(self) -> Split:
        return data.digits()
