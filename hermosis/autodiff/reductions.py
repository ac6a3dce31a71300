"""What is left of an axis: the largest, the smallest, and the smooth largest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hermosis.autodiff.op import Op, Value, plain, shape
from hermosis.autodiff.pointwise import exp, sqrt, square
from hermosis.autodiff.shaping import Axes, places, restored, sum


def _reduction(name: str, value: Callable[..., Any], weights: Callable[..., Value]) -> Op:
    """Return an operation whose change is a sum of changes, each times its weight."""

    def pull(g: Value, out: Value, x: Value, axis: tuple[int, ...], keepdims: bool) -> Value:
        there = restored(g, shape(x), axis, keepdims)
        return there * weights(restored(out, shape(x), axis, keepdims), x, axis)

    def push(t: Value, out: Value, x: Value, axis: tuple[int, ...], keepdims: bool) -> Value:
        return sum(t * weights(restored(out, shape(x), axis, keepdims), x, axis), axis, keepdims)

    return Op(name, value, [pull], [push])


def _are_best(best: Value, x: Value, axis: tuple[int, ...]) -> Any:
    """Return equal weights for all that are the largest, or smallest, together."""
    x, best = plain(x), plain(best)
    found = np.equal(x, best)
    if np.count_nonzero(found) == best.size and not np.isnan(best).any():
        return found  # each of them stands alone
    shared = found.astype(x.dtype)
    return shared / np.maximum(shared.sum(axis=axis, keepdims=True), 1)


def _smooth_largest(x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """Return log Σ exp x, with nothing larger than exp 0."""
    x = np.asarray(x)
    if axis == (x.ndim - 1,) and x.ndim == 2:  # sums across rows are the faster ones
        out = _smooth_largest(np.ascontiguousarray(x.T), (0,), False)
        return out[:, None] if keepdims else out
    top = x.max(axis=axis, keepdims=True)
    top = np.where(np.isfinite(top), top, 0).astype(x.dtype)
    with np.errstate(divide="ignore"):  # the logarithm of 0 is what is due where all are -inf
        out = np.log(np.exp(x - top).sum(axis=axis, keepdims=True)) + top
    return out if keepdims else out.squeeze(axis)


_max = _reduction("max", np.max, _are_best)
_min = _reduction("min", np.min, _are_best)
_logsumexp = _reduction("logsumexp", _smooth_largest, lambda out, x, axis: exp(x - out))


def max(x: Value, axis: Axes = None, keepdims: bool = False) -> Value:
    """Return the largest along axes; those that share the place share the derivative."""
    return _max(x, axis=places(axis, len(shape(x))), keepdims=keepdims)


def min(x: Value, axis: Axes = None, keepdims: bool = False) -> Value:
    """Return the smallest along axes; those that share the place share the derivative."""
    return _min(x, axis=places(axis, len(shape(x))), keepdims=keepdims)


def logsumexp(x: Value, axis: Axes = None, keepdims: bool = False) -> Value:
    """Return log Σ exp x along axes, without overflow."""
    return _logsumexp(x, axis=places(axis, len(shape(x))), keepdims=keepdims)


def mean(x: Value, axis: Axes = None, keepdims: bool = False) -> Value:
    """Return the mean along axes."""
    return sum(x, axis, keepdims) / _count(x, axis)


def var(x: Value, axis: Axes = None, keepdims: bool = False, ddof: int = 0) -> Value:
    """Return the variance along axes: the sum of squares over their number less `ddof`."""
    apart = square(x - mean(x, axis, keepdims=True))
    return sum(apart, axis, keepdims) / (_count(x, axis) - ddof)


def std(x: Value, axis: Axes = None, keepdims: bool = False, ddof: int = 0) -> Value:
    """Return the standard deviation along axes."""
    return sqrt(var(x, axis, keepdims, ddof))


def log_softmax(x: Value, axis: Axes = -1) -> Value:
    """Return the logarithm of the softmax along axes."""
    return x - logsumexp(x, axis, keepdims=True)


def softmax(x: Value, axis: Axes = -1) -> Value:
    """Return exp x over its sum along axes."""
    return exp(log_softmax(x, axis))


def _count(x: Value, axis: Axes) -> int:
    """Return how many numbers are summed, as a number that keeps any precision."""
    of = shape(x)
    return int(np.prod([of[k] for k in places(axis, len(of))], dtype=int))
