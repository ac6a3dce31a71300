"""The mean cross-entropy of a softmax over classes, and its gradient: shared by the digits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.parameters import Array


def cross_entropy(scores: Array, labels: NDArray[np.int64]) -> tuple[float, Array]:
    """The mean of −log softmax(scores)[label] over the rows, and its gradient in the scores."""
    rows = np.arange(len(labels))
    shifted = scores - scores.max(axis=1, keepdims=True)
    weights = np.exp(shifted)
    totals = weights.sum(axis=1, keepdims=True)
    value = float(np.mean(np.log(totals[:, 0]) - shifted[rows, labels]))
    weights /= totals
    weights[rows, labels] -= 1.0
    weights /= len(labels)
    return value, weights


def accuracy(scores: Array, labels: NDArray[np.int64]) -> float:
    """The share of rows whose highest score is at their label."""
    return float(np.mean(scores.argmax(axis=1) == labels))
