"""Products of matrices, and what is made of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from hermosis.autodiff.op import Op, Value, shape
from hermosis.autodiff.shaping import (
    broadcast_to,
    ravel,
    reshape,
    sum,
    sum_to,
    swapaxes,
    transpose,
)
from hermosis.errors import ShapeError


def _left(g: Value, out: Value, a: Value, b: Value) -> Value:
    return sum_to(_matmul(g, swapaxes(b, -1, -2)), shape(a))


def _right(g: Value, out: Value, a: Value, b: Value) -> Value:
    return sum_to(_matmul(swapaxes(a, -1, -2), g), shape(b))


_matmul: Op = Op(
    "matmul",
    np.matmul,
    [_left, _right],
    [lambda t, out, a, b: _matmul(t, b), lambda t, out, a, b: _matmul(a, t)],
)


def _dense_value(x: Any, weights: Any, bias: Any) -> Any:
    out = np.matmul(x, weights)
    if bias.dtype != out.dtype:
        return out + bias
    out += bias
    return out


_dense: Op = Op(
    "dense",
    _dense_value,
    [
        lambda g, out, x, weights, bias: _matmul(g, transpose(weights)),
        lambda g, out, x, weights, bias: _matmul(transpose(x), g),
        lambda g, out, x, weights, bias: sum(g, 0),
    ],
    [
        lambda t, out, x, weights, bias: _matmul(t, weights),
        lambda t, out, x, weights, bias: _matmul(x, t),
        lambda t, out, x, weights, bias: broadcast_to(t, shape(out)),
    ],
)


def dense(x: Value, weights: Value, bias: Value) -> Value:
    """Return x @ weights + bias, for x of shape (…, n), weights (n, m) and bias (m,)."""
    of = shape(weights)
    if len(of) != 2 or shape(bias) != of[1:]:
        raise ShapeError(
            f"dense takes weights (n, m) and a bias (m,), not shapes {of} and {shape(bias)}"
        )
    if len(shape(x)) == 2:
        return _dense(x, weights, bias)
    return matmul(x, weights) + bias


def matmul(a: Value, b: Value) -> Value:
    """Multiply matrices, stacks of them, or vectors, as NumPy's `matmul` does."""
    left, right = shape(a), shape(b)
    if len(left) > 1 and len(right) > 1:
        if len(left) == 2 or len(right) > 2:
            return _matmul(a, b)
        # One product of all rows is faster than one for each matrix of a stack.
        rows = _matmul(reshape(a, (int(np.prod(left[:-1])), left[-1])), b)
        return reshape(rows, (*left[:-1], right[-1]))
    out = _matmul(
        a if len(left) != 1 else reshape(a, (1, -1)),
        b if len(right) != 1 else reshape(b, (-1, 1)),
    )
    due = shape(out)
    if len(right) == 1:
        due = due[:-1]
    if len(left) == 1:
        due = (*due[:-2], due[-1]) if len(right) != 1 else due[:-1]
    return reshape(out, due)


def dot(a: Value, b: Value) -> Value:
    """Multiply as NumPy's `dot` does, for arrays of at most two axes; a number times anything."""
    if len(shape(b)) > 2:
        raise ShapeError(
            f"dot takes at most two axes on its right, not shape {shape(b)}; use matmul"
        )
    return a * b if not shape(a) or not shape(b) else matmul(a, b)


def outer(a: Value, b: Value) -> Value:
    """Return all products of a number of a with one of b."""
    return reshape(ravel(a), (-1, 1)) * ravel(b)
