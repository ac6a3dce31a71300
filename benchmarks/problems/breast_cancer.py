"""Logistic regression on breast cancer: the smallest real problem with correlated features."""

from __future__ import annotations

from benchmarks.families import data
from benchmarks.families.data import Split
from benchmarks.families.logistic import LogisticRegression


class BreastCancer(LogisticRegression):
    """Mean of log(1 + e^{−y·score}), y = ±1, plus (ridge/2)‖w‖²; the last weight is the bias."""

    name = "breast-cancer"
    summary = "Logistic regression on breast cancer: 31 weights, correlated features, convex."
    data = f"569 tumours with 30 measurements; {data.BREAST_CANCER}"
    tags = ("real",)
    minimum = 0.06528715200806799
    smoothness, convexity = 3.36782, 1e-3

    def split(self) -> Split:
        return data.breast_cancer()
