"""Losses: means over a batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from hermosis.autodiff.op import Op, Value, plain, shape
from hermosis.autodiff.pointwise import square
from hermosis.autodiff.reductions import mean, softmax
from hermosis.autodiff.shaping import sum
from hermosis.errors import ShapeError


class _Exponentials:
    """exp(score − top) of each class, their sums, and what stands at the labels.

    It is what a loss and its gradient share. Classes are rows here: NumPy is faster along long rows
    than along many short ones.
    """

    __slots__ = ("at", "each", "right", "total")

    def __init__(self, scores: Any, labels: Any) -> None:
        classes = np.array(scores.T, order="C")
        classes -= np.maximum.reduce(classes, 0)
        self.at = labels * len(labels) + np.arange(len(labels))
        self.right = classes.reshape(-1)[self.at]
        self.each = np.exp(classes, out=classes)
        self.total = np.add.reduce(self.each, 0)


def _surprise(scores: Any, known: _Exponentials) -> Any:
    """Return the mean of −log softmax(scores)[label]."""
    every = np.log(known.total) - known.right
    return np.add.reduce(every) / scores.dtype.type(len(every))


def _slope(scores: Any, known: _Exponentials) -> Any:
    """Return its gradient, (softmax(scores) − 1 at the label) / N."""
    count = len(known.at)
    found = known.each * (1.0 / (known.total * count))
    found.reshape(-1)[known.at] -= 1.0 / count
    return found.T


def _curved(change: Value, out: Value, scores: Value, known: _Exponentials) -> Value:
    """Return the Hessian times a change: it is symmetric."""
    share = softmax(scores)
    return share * (change - sum(change * share, -1, keepdims=True)) / len(known.at)


_surplus: Op = Op("cross_entropy's gradient", _slope, [_curved], [_curved])
_cross_entropy: Op = Op(
    "cross_entropy",
    _surprise,
    [lambda g, out, scores, known: g * _surplus(scores, known=known)],
    [lambda t, out, scores, known: sum(t * _surplus(scores, known=known))],
)


def cross_entropy(scores: Value, labels: Any) -> Value:
    """Return the mean of −log softmax(scores)[label]: scores (N, classes), whole numbers (N,)."""
    labels, due = np.asarray(plain(labels)), shape(scores)
    if labels.dtype.kind not in "iu" or labels.shape != due[:1] or len(due) != 2 or 0 in due:
        raise ShapeError(
            "cross_entropy takes scores of shape (N, classes), N > 0, and N whole numbers, not "
            f"shape {due} and {labels.dtype} of shape {labels.shape}"
        )
    if np.maximum.reduce(labels.astype(np.uint64), initial=0) >= due[1] > 0:  # or below zero
        raise ShapeError(
            f"cross_entropy takes labels from 0 to {due[1] - 1}, not {labels.min()} to "
            f"{labels.max()}"
        )
    return _cross_entropy(
        scores, known=_Exponentials(np.asarray(plain(scores)), labels.astype(np.intp))
    )


def mse(found: Value, due: Value) -> Value:
    """Return the mean of the squared differences of two arrays of one shape."""
    if shape(found) != shape(due):
        raise ShapeError(f"mse takes two arrays of one shape, not {shape(found)} and {shape(due)}")
    return mean(square(found - due))
