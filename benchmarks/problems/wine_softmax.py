"""Softmax regression on wines: three classes, and more rows right than wrong from the start."""

from __future__ import annotations

from benchmarks.families import data
from benchmarks.families.data import Split
from benchmarks.families.softmax import SoftmaxRegression


class WineSoftmax(SoftmaxRegression):
    """Cross-entropy of a linear classifier, plus (ridge/2)‖weights‖²."""

    name = "wine-softmax"
    summary = "Softmax regression on three growers' wines: 42 weights, strongly convex."
    data = f"178 wines with 13 measurements; {data.WINE}"
    tags = ("real",)
    minimum = 0.02504079225535443
    smoothness, convexity = 2.41582, 1e-3
    targets = (1e-2, 1e-5, 1e-8)
    budget = 500

    def split(self) -> Split:
        return data.wine()
