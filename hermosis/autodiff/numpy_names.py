"""NumPy's functions by the operations that stand for them, where something traced comes in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hermosis.autodiff import pointwise, products, reductions, shaping
from hermosis.autodiff.op import Value, plain
from hermosis.errors import UntracedError

#: What has no derivative, and is told of the numbers alone.
COMPARISONS = {
    np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal,
    np.isfinite, np.isnan, np.isinf, np.sign, np.floor, np.ceil, np.rint,
}  # fmt: skip
#: Functions of numbers one by one, and the products of matrices.
UFUNCS: dict[Any, Callable[..., Value]] = {
    np.add: pointwise.add,
    np.subtract: pointwise.subtract,
    np.multiply: pointwise.multiply,
    np.divide: pointwise.divide,
    np.power: pointwise.power,
    np.float_power: pointwise.power,
    np.negative: pointwise.negative,
    np.absolute: pointwise.absolute,
    np.fabs: pointwise.absolute,
    np.exp: pointwise.exp,
    np.expm1: pointwise.expm1,
    np.log: pointwise.log,
    np.log1p: pointwise.log1p,
    np.sqrt: pointwise.sqrt,
    np.square: pointwise.square,
    np.sin: pointwise.sin,
    np.cos: pointwise.cos,
    np.arctan: pointwise.arctan,
    np.sinh: pointwise.sinh,
    np.cosh: pointwise.cosh,
    np.tanh: pointwise.tanh,
    np.maximum: pointwise.maximum,
    np.minimum: pointwise.minimum,
    np.matmul: products.matmul,
}
#: Functions of arrays.
FUNCTIONS: dict[Any, Callable[..., Value]] = {
    np.sum: shaping.sum,
    np.mean: reductions.mean,
    np.var: reductions.var,
    np.std: reductions.std,
    np.max: reductions.max,
    np.min: reductions.min,
    np.reshape: shaping.reshape,
    np.ravel: shaping.ravel,
    np.transpose: shaping.transpose,
    np.swapaxes: shaping.swapaxes,
    np.broadcast_to: shaping.broadcast_to,
    np.expand_dims: shaping.expand_dims,
    np.squeeze: shaping.squeeze,
    np.concatenate: shaping.concatenate,
    np.stack: shaping.stack,
    np.take_along_axis: shaping.take_along_axis,
    np.pad: shaping.pad,
    np.where: pointwise.where,
    np.clip: pointwise.clip,
    np.dot: products.dot,
    np.outer: products.outer,
    np.shape: lambda x: x.shape,
    np.ndim: lambda x: x.ndim,
    np.size: lambda x: x.size,
    np.argmax: lambda x, axis=None: np.argmax(plain(x), axis),
    np.argmin: lambda x, axis=None: np.argmin(plain(x), axis),
    np.zeros_like: lambda x: np.zeros_like(plain(x)),
    np.ones_like: lambda x: np.ones_like(plain(x)),
}


def unknown(name: str) -> UntracedError:
    """Return the error of a function of NumPy that has no derivative here."""
    known = sorted({f.__name__ for f in (*UFUNCS, *FUNCTIONS)})
    return UntracedError(
        f"np.{name} has no derivative here; NumPy's functions that have one: {', '.join(known)}"
    )
