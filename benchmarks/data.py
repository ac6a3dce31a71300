"""Real data that comes inside scikit-learn's wheel, split once and for all.

Every fifth row is kept for the test, the same in every run: no chance, nothing to download.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from benchmarks.extras import extra
from benchmarks.parameters import Array

LICENCE = "shipped with scikit-learn (BSD-3-Clause)"


@dataclass(frozen=True)
class Split:
    """Features (rows × columns) and class numbers, to train on and to test on."""

    train: Array
    train_labels: NDArray[np.int64]
    test: Array
    test_labels: NDArray[np.int64]


@cache
def digits() -> Split:
    """1,797 handwritten digits of 8 × 8 pixels in [0, 1]."""
    features, labels = extra("sklearn.datasets").load_digits(return_X_y=True)
    return _split(features / 16.0, labels)


@cache
def breast_cancer() -> Split:
    """569 tumours with 30 measurements each, standardized on the training rows."""
    split = _split(*extra("sklearn.datasets").load_breast_cancer(return_X_y=True))
    centre, width = split.train.mean(axis=0), split.train.std(axis=0)
    return Split(
        (split.train - centre) / width,
        split.train_labels,
        (split.test - centre) / width,
        split.test_labels,
    )


def _split(features: Array, labels: NDArray[np.int64]) -> Split:
    kept = np.arange(len(labels)) % 5 == 4
    return Split(features[~kept], labels[~kept], features[kept], labels[kept])
