"""Real data that comes inside scikit-learn's wheel, split once and for all.

Every fifth row is kept for the test, the same in every run: no chance, nothing to download.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.engine.extras import extra
from benchmarks.engine.parameters import Array

SHIPPED = "shipped with scikit-learn (BSD-3-Clause)"
DIGITS = f"E. Alpaydin and C. Kaynak, UCI 1998; CC BY 4.0; {SHIPPED}"
BREAST_CANCER = f"W. Wolberg, O. Mangasarian and W. Street, UCI 1995; CC BY 4.0; {SHIPPED}"
WINE = f"S. Aeberhard and M. Forina, UCI 1992; CC BY 4.0; {SHIPPED}"
DIABETES = (
    "B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, Annals of Statistics 32, 2004; no "
    f"licence stated; {SHIPPED}"
)


@dataclass(frozen=True)
class Split:
    """Features (rows × columns) and labels, to train on and to test on.

    Labels are class numbers, or the values that a regression is to predict.
    """

    train: NDArray[Any]
    train_labels: NDArray[Any]
    test: NDArray[Any]
    test_labels: NDArray[Any]

    def first(self, count: int) -> Split:
        """The same with the first training rows only."""
        return replace(self, train=self.train[:count], train_labels=self.train_labels[:count])

    def standardized(self) -> Split:
        """The same with features of mean 0 and width 1 over the training rows."""
        centre, width = self.train.mean(axis=0), self.train.std(axis=0)
        return replace(self, train=(self.train - centre) / width, test=(self.test - centre) / width)


@cache
def digits() -> Split:
    """1,797 handwritten digits of 8 × 8 pixels in [0, 1]."""
    features, labels = extra("sklearn.datasets").load_digits(return_X_y=True)
    return split(features / 16.0, labels)


@cache
def breast_cancer() -> Split:
    """569 tumours with 30 measurements each, standardized on the training rows."""
    return split(*extra("sklearn.datasets").load_breast_cancer(return_X_y=True)).standardized()


@cache
def wine() -> Split:
    """178 wines of three growers with 13 measurements each, standardized on the training rows."""
    return split(*extra("sklearn.datasets").load_wine(return_X_y=True)).standardized()


@cache
def diabetes() -> Split:
    """442 patients with 10 measurements each, and their disease a year later, standardized too."""
    features, disease = extra("sklearn.datasets").load_diabetes(return_X_y=True)
    columns = split(np.column_stack([features, disease]), disease).standardized()
    train, test = columns.train, columns.test
    return Split(train[:, :-1], train[:, -1], test[:, :-1], test[:, -1])


def split(features: Array, labels: NDArray[Any]) -> Split:
    """Every fifth row to test on, the others to train on."""
    kept = np.arange(len(labels)) % 5 == 4
    return Split(features[~kept], labels[~kept], features[kept], labels[kept])
