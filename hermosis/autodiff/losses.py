"""Losses: means over a batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from hermosis.autodiff.op import Op, Value, plain, shape
from hermosis.autodiff.pointwise import square
from hermosis.autodiff.reductions import mean, softmax
from hermosis.autodiff.shaping import sum
from hermosis.errors import ShapeError


def _exponentials(scores: Any) -> tuple[Any, Any, Any]:
    """Return exp(score − top) of each class, in rows for the classes, their sum, and the top.

    NumPy is faster along long rows than along many short ones.
    """
    columns = np.array(scores.T, order="C")
    top = columns.max(axis=0)
    found = np.exp(np.subtract(columns, top, out=columns), out=columns)
    return found, np.add.reduce(found, 0), top


def _surprise(scores: Any, labels: Any) -> Any:
    """Return the mean of −log softmax(scores)[label]."""
    _, total, top = _exponentials(scores)
    right = scores[np.arange(len(labels)), labels]
    return np.add.reduce(np.log(total) + (top - right)) / scores.dtype.type(len(labels))


def _slope(scores: Any, labels: Any) -> Any:
    """Return its gradient, (softmax(scores) − 1 at the label) / N."""
    found, total, _ = _exponentials(scores)
    found /= total
    found[labels, np.arange(len(labels))] -= 1.0
    found /= len(labels)
    return found.T


def _curved(change: Value, out: Value, scores: Value, labels: Any) -> Value:
    """Return the Hessian times a change: it is symmetric."""
    share = softmax(scores)
    return share * (change - sum(change * share, -1, keepdims=True)) / len(labels)


_surplus: Op = Op("cross_entropy's gradient", _slope, [_curved], [_curved])
_cross_entropy: Op = Op(
    "cross_entropy",
    _surprise,
    [lambda g, out, scores, labels: g * _surplus(scores, labels=labels)],
    [lambda t, out, scores, labels: sum(t * _surplus(scores, labels=labels))],
)


def cross_entropy(scores: Value, labels: Any) -> Value:
    """Return the mean of −log softmax(scores)[label]: scores (N, classes), whole numbers (N,)."""
    labels, due = np.asarray(plain(labels)), shape(scores)
    if labels.dtype.kind not in "iu" or labels.shape != due[:1] or len(due) != 2:
        raise ShapeError(
            f"cross_entropy takes scores of shape (N, classes) and N whole numbers, not shape "
            f"{due} and {labels.dtype} of shape {labels.shape}"
        )
    if np.maximum.reduce(labels.astype(np.uint64), initial=0) >= due[1] > 0:  # or below zero
        raise ShapeError(
            f"cross_entropy takes labels from 0 to {due[1] - 1}, not {labels.min()} to "
            f"{labels.max()}"
        )
    return _cross_entropy(scores, labels=labels)


def mse(found: Value, due: Value) -> Value:
    """Return the mean of the squared differences of two arrays of one shape."""
    if shape(found) != shape(due):
        raise ShapeError(f"mse takes two arrays of one shape, not {shape(found)} and {shape(due)}")
    return mean(square(found - due))
