"""Operations that move numbers and compute nothing, and sums: all of them linear."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from hermosis.autodiff.op import Each, Op, Value, linear, plain, shape
from hermosis.errors import ShapeError

#: NumPy's sum, without the layers above it.
_add_up: Any = np.add.reduce
#: So many numbers are sooner written than NumPy makes a view of fewer.
_SMALL = 1 << 13

Axes = int | Sequence[int] | None


def places(axis: Axes, ndim: int) -> tuple[int, ...]:
    """Return axes as places that are not negative; all of them for None.

    Raises `ShapeError` for an axis that is not there, or twice.
    """
    if axis is None:
        return tuple(range(ndim))
    if isinstance(axis, int) and -ndim <= axis < ndim:  # the most frequent, and soonest told
        return (axis % ndim,)
    try:
        return normalize_axis_tuple(axis, ndim)
    except ValueError as error:
        raise ShapeError(f"axis {axis} of an array of {ndim} axes: {error}") from error


def restored(x: Value, of: tuple[int, ...], axis: tuple[int, ...], keepdims: bool) -> Value:
    """Give a result that was reduced along axes of a shape length 1 there."""
    if keepdims:
        return x
    return _reshape(x, shape=tuple(1 if k in axis else n for k, n in enumerate(of)))


def _sum_back(g: Value, x: Value, axis: tuple[int, ...], keepdims: bool) -> Value:
    of = shape(x)
    return _broadcast_to(restored(g, of, axis, keepdims), shape=of)


def _summed(x: Any, axis: tuple[int, ...], keepdims: bool) -> Any:
    """Return a sum; that of the rows of a matrix as a product, which is several times faster."""
    x = np.asarray(x)
    if axis == (0,) and x.ndim == 2 and not keepdims and x.dtype.char in "fd":
        return np.ones(len(x), x.dtype) @ x
    return _add_up(x, axis, keepdims=keepdims)


def _repeated(x: Any, shape: tuple[int, ...]) -> Any:
    """Return a view where there is much to repeat; what is small is sooner written out."""
    x = np.asarray(x)
    if math.prod(shape) > _SMALL or x.ndim > len(shape):
        return np.broadcast_to(x, shape)
    out = np.empty(shape, x.dtype)
    out[...] = x
    return out


def _reshape_back(g: Value, x: Value, **_: Any) -> Value:
    return _reshape(g, shape=shape(x))


def _broadcast_back(g: Value, x: Value, **_: Any) -> Value:
    return sum_to(g, shape(x))


def _transpose_back(g: Value, x: Value, axes: Sequence[int] | None) -> Value:
    return _transpose(g, axes=None if axes is None else tuple(np.argsort(axes)))


_sum: Op = linear("sum", _summed, _sum_back)
_reshape: Op = linear("reshape", lambda x, shape: np.asarray(x).reshape(shape), _reshape_back)
_broadcast_to: Op = linear("broadcast_to", _repeated, _broadcast_back)
_transpose: Op = linear("transpose", lambda x, axes: np.asarray(x).transpose(axes), _transpose_back)


def sum_to(g: Value, due: tuple[int, ...]) -> Value:
    """Sum over what was broadcast from a shape."""
    have = shape(g)
    if have == due:
        return g
    new = len(have) - len(due)
    long = [k + new for k, n in enumerate(due) if n == 1 and have[k + new] != 1]
    summed = _sum(g, axis=(*range(new), *long), keepdims=False)
    return summed if shape(summed) == due else _reshape(summed, shape=due)


def sum(x: Value, axis: Axes = None, keepdims: bool = False) -> Value:
    """Sum over axes; over all of them unless told."""
    return _sum(x, axis=places(axis, len(shape(x))), keepdims=keepdims)


def reshape(x: Value, shape: int | Sequence[int]) -> Value:
    """Arrange the same numbers in another shape; one length may be -1."""
    return _reshape(x, shape=shape)


def ravel(x: Value) -> Value:
    """Arrange all numbers in one row."""
    return _reshape(x, shape=-1)


def broadcast_to(x: Value, shape: int | Sequence[int]) -> Value:
    """Repeat along new axes and along axes of length 1."""
    return _broadcast_to(x, shape=(shape,) if isinstance(shape, int) else tuple(shape))


def transpose(x: Value, axes: Sequence[int] | None = None) -> Value:
    """Permute the axes; reverse them unless told."""
    if axes is not None:
        axes = places(axes, len(shape(x)))
    return _transpose(x, axes=axes)


def swapaxes(x: Value, first: int, second: int) -> Value:
    """Exchange two axes."""
    ndim = len(shape(x))
    (one,), (other,), axes = places(first, ndim), places(second, ndim), list(range(ndim))
    axes[one], axes[other] = other, one
    return _transpose(x, axes=tuple(axes))


def expand_dims(x: Value, axis: int | Sequence[int]) -> Value:
    """Insert axes of length 1, which stand at these places of the result."""
    rest, ndim = iter(shape(x)), len(shape(x)) + np.size(axis)
    new = places(axis, ndim)
    return _reshape(x, shape=tuple(1 if k in new else next(rest) for k in range(ndim)))


def squeeze(x: Value, axis: Axes = None) -> Value:
    """Leave out axes of length 1: these, or all."""
    of = shape(x)
    gone = [k for k, n in enumerate(of) if n == 1] if axis is None else places(axis, len(of))
    if any(of[k] != 1 for k in gone):
        raise ShapeError(f"squeeze does not take shape {of}, axis={axis}: it is longer than 1")
    return _reshape(x, shape=tuple(n for k, n in enumerate(of) if k not in gone))


_astype: Op = linear(
    "astype",
    lambda x, dtype: np.asarray(x, dtype),
    lambda g, x, dtype: _astype(g, dtype=x.dtype),
)


def astype(x: Value, dtype: Any) -> Value:
    """Convert to another precision; what is no floating-point number has no derivative."""
    if np.dtype(dtype).kind != "f":
        return np.asarray(plain(x)).astype(dtype)
    return x if x.dtype == dtype else _astype(x, dtype=np.dtype(dtype))


def _is_basic(key: Any) -> bool:
    """Tell whether an index names each number at most once, so that it is a view."""
    parts = key if isinstance(key, tuple) else (key,)
    return all(
        part is None or part is Ellipsis or isinstance(part, int | np.integer | slice)
        for part in parts
    )


def _scattered(g: Any, key: Any, shape: tuple[int, ...], apart: bool) -> Any:
    out = np.zeros(shape, g.dtype)
    if apart or _is_basic(key):
        out[key] = g
    else:
        np.add.at(out, key, g)
    return out


_take: Op = linear(
    "indexing",
    lambda x, key, apart: x[key],
    lambda g, x, key, apart: _scatter(g, key=key, shape=shape(x), apart=apart),
)
_scatter: Op = linear(
    "scattering",
    _scattered,
    lambda g, x, key, shape, apart: _take(g, key=key, apart=apart),
)


def take(x: Value, key: Any, apart: bool = False) -> Value:
    """Return x[key]; `apart` promises that an index array names no number twice."""
    parts = tuple(map(plain, key)) if isinstance(key, tuple) else plain(key)
    return _take(x, key=parts, apart=apart)


def take_along_axis(x: Value, indices: Any, axis: int = -1) -> Value:
    """Gather numbers along an axis: result[i, j] = x[i, indices[i, j]] for a matrix and its last.

    Raises `ShapeError` unless the indices are whole numbers in an array of as many axes, whose
    other lengths are those of x, or 1.
    """
    of, indices = shape(x), np.asarray(plain(indices))
    (at,) = places(axis, len(of))
    due = (*of[:at], indices.shape[at] if indices.ndim == len(of) else -1, *of[at + 1 :])
    if indices.dtype.kind not in "iu" or any(
        n not in (1, m) for n, m in zip_longest(indices.shape, due)
    ):
        raise ShapeError(
            f"take_along_axis along axis {axis} of shape {of} takes whole numbers of that shape, "
            f"but for this axis, not {indices.dtype} of shape {indices.shape}"
        )
    key = list(np.ix_(*map(np.arange, of)))
    key[at] = indices
    return take(x, tuple(key))


def _span(place: int, xs: Sequence[Value], axis: int) -> Any:
    """Return the index of what came from one array, in a row of arrays."""
    at = axis % len(shape(xs[0]))
    first = int(np.sum([shape(x)[at] for x in xs[:place]], dtype=int))
    return (*[slice(None)] * at, slice(first, first + shape(xs[place])[at]))


def _part(place: int, g: Value, out: Value, *xs: Value, axis: int) -> Value:
    """Return the part of a row of arrays that came from one of them."""
    return _take(g, key=_span(place, xs, axis), apart=True)


def _put(place: int, t: Value, out: Value, *xs: Value, axis: int) -> Value:
    """Return a row of arrays of which all but one are zero."""
    return _scatter(t, key=_span(place, xs, axis), shape=shape(out), apart=True)


_concatenate: Op = Op(
    "concatenate", lambda *xs, axis: np.concatenate(xs, axis), Each(_part), Each(_put)
)


def concatenate(arrays: Sequence[Value], axis: int | None = 0) -> Value:
    """Put arrays in a row along an axis that they have; all their numbers for None."""
    if axis is None:
        return _concatenate(*map(ravel, arrays), axis=0)
    return _concatenate(*arrays, axis=axis)


def stack(arrays: Sequence[Value], axis: int = 0) -> Value:
    """Put arrays of one shape in a row along a new axis."""
    return _concatenate(*[expand_dims(x, axis) for x in arrays], axis=axis)


def _inside(g: Value, x: Value, widths: Sequence[tuple[int, int]]) -> Value:
    ends = zip(shape(x), widths, strict=True)
    return _take(g, key=tuple(slice(w[0], w[0] + n) for n, w in ends), apart=True)


_pad: Op = linear("pad", lambda x, widths: np.pad(x, widths), _inside)


def pad(x: Value, widths: Any) -> Value:
    """Put zeros around: for each axis how many before and after, or one pair or number for all."""
    due = (len(shape(x)), 2)
    try:
        pairs = np.broadcast_to(widths, due).tolist()
    except ValueError as error:
        raise ShapeError(f"pad takes widths that fit shape {due}, not {widths}") from error
    return _pad(x, widths=tuple(map(tuple, pairs)))
