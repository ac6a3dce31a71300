"""Layers as functions of their input and their weights: no state, no hidden parameters."""

from __future__ import annotations

from typing import Any

import numpy as np

from hermosis.autodiff.op import Value, plain, shape
from hermosis.autodiff.pointwise import erf, power, where
from hermosis.autodiff.products import matmul
from hermosis.autodiff.reductions import mean, softmax, var
from hermosis.autodiff.shaping import swapaxes, take
from hermosis.errors import HyperparameterError


def layer_norm(x: Value, scale: Value, shift: Value, eps: float = 1e-5) -> Value:
    """Give each row mean 0 and variance 1, then a scale and a shift of shape (n,)."""
    apart = x - mean(x, -1, keepdims=True)
    return apart * power(var(x, -1, keepdims=True) + eps, -0.5) * scale + shift


def embedding(table: Value, indices: Any) -> Value:
    """Return a row of a table for each index: (n, d) and whole numbers (…) give (…, d)."""
    indices = np.asarray(plain(indices))
    if indices.dtype.kind not in "iu":
        raise HyperparameterError(
            f"the indices of an embedding are {indices.dtype}; give whole numbers"
        )
    rows = shape(table)[0]
    if indices.size and not 0 <= indices.min() <= indices.max() < rows:
        raise HyperparameterError(
            f"the indices of an embedding of {rows} rows go from {indices.min()} to {indices.max()}"
        )
    return take(table, indices)


def attention(query: Value, key: Value, value: Value, mask: Any = None) -> Value:
    """Return softmax(q kᵀ/√d) v, for (…, T, d); `mask` is true where a query may look."""
    scores = matmul(query, swapaxes(key, -1, -2)) * shape(query)[-1] ** -0.5
    if mask is not None:
        scores = where(mask, scores, -np.inf)
    return matmul(softmax(scores), value)


def dropout(x: Value, rate: float, generator: np.random.Generator) -> Value:
    """Set a share of the numbers to 0, drawn by a generator, and enlarge the others by as much."""
    if not 0 <= rate < 1:
        raise HyperparameterError(f"the rate of dropout is {rate}; give a number in [0, 1)")
    kept = generator.random(shape(x)) >= rate
    return where(kept, x * (1 / (1 - rate)), 0.0)


def gelu(x: Value) -> Value:
    """Return x times the normal distribution's share below x."""
    return x * (1.0 + erf(x * 0.5**0.5)) * 0.5


def leaky_relu(x: Value, slope: float = 0.01) -> Value:
    """Return x where it is positive, otherwise a small part of it; 0 ≤ slope < 1."""
    return where(plain(x) > 0, x, x * slope)
