"""Losses: means over a batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from hermosis.autodiff.op import Value, plain, shape
from hermosis.autodiff.pointwise import square
from hermosis.autodiff.reductions import logsumexp, mean
from hermosis.autodiff.shaping import take
from hermosis.errors import ShapeError


def cross_entropy(scores: Value, labels: Any) -> Value:
    """Return the mean of −log softmax(scores)[label]: scores (N, classes), whole numbers (N,)."""
    labels, due = np.asarray(plain(labels)), shape(scores)
    if labels.dtype.kind not in "iu" or labels.shape != due[:1] or len(due) != 2:
        raise ShapeError(
            f"cross_entropy takes scores of shape (N, classes) and N whole numbers, not shape "
            f"{due} and {labels.dtype} of shape {labels.shape}"
        )
    right = take(scores, (np.arange(len(labels)), labels), apart=True)
    return mean(logsumexp(scores, -1) - right)


def mse(found: Value, due: Value) -> Value:
    """Return the mean of the squared differences of two arrays of one shape."""
    if shape(found) != shape(due):
        raise ShapeError(f"mse takes two arrays of one shape, not {shape(found)} and {shape(due)}")
    return mean(square(found - due))
