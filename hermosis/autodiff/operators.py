"""What can be written with something traced: Python's operators, methods, NumPy's functions."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from hermosis.autodiff import pointwise, products, reductions, shaping
from hermosis.autodiff.numpy_names import COMPARISONS, FUNCTIONS, UFUNCS, unknown
from hermosis.autodiff.op import Traced, Value, detach, plain
from hermosis.autodiff.shaping import Axes
from hermosis.errors import InPlaceError, UntracedError


class Operable(Traced):
    """Operators and methods of what is traced, by the names that arrays have."""

    __slots__ = ()
    __hash__ = object.__hash__

    @property
    def value(self) -> Any:
        """The array, read-only."""
        return detach(self)

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        found: tuple[int, ...] = getattr(self.inner, "shape", ())
        return found

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self.shape)

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return int(np.prod(self.shape, dtype=int))

    @property
    def dtype(self) -> np.dtype[Any]:
        """The precision."""
        return np.asarray(plain(self)).dtype

    @property
    def T(self) -> Value:
        """With its axes reversed."""
        return shaping.transpose(self)

    def __add__(self, other: Value) -> Value:
        return pointwise.add(self, other)

    def __radd__(self, other: Value) -> Value:
        return pointwise.add(other, self)

    def __sub__(self, other: Value) -> Value:
        return pointwise.subtract(self, other)

    def __rsub__(self, other: Value) -> Value:
        return pointwise.subtract(other, self)

    def __mul__(self, other: Value) -> Value:
        return pointwise.multiply(self, other)

    def __rmul__(self, other: Value) -> Value:
        return pointwise.multiply(other, self)

    def __truediv__(self, other: Value) -> Value:
        return pointwise.divide(self, other)

    def __rtruediv__(self, other: Value) -> Value:
        return pointwise.divide(other, self)

    def __pow__(self, other: Value) -> Value:
        return pointwise.power(self, other)

    def __rpow__(self, other: Value) -> Value:
        return pointwise.power(other, self)

    def __matmul__(self, other: Value) -> Value:
        return products.matmul(self, other)

    def __rmatmul__(self, other: Value) -> Value:
        return products.matmul(other, self)

    def __neg__(self) -> Value:
        return pointwise.negative(self)

    def __pos__(self) -> Value:
        return self

    def __abs__(self) -> Value:
        return pointwise.absolute(self)

    # A comparison has no derivative: what comes out is an array of truth values.
    def __lt__(self, other: Value) -> Any:
        return plain(self) < plain(other)

    def __le__(self, other: Value) -> Any:
        return plain(self) <= plain(other)

    def __gt__(self, other: Value) -> Any:
        return plain(self) > plain(other)

    def __ge__(self, other: Value) -> Any:
        return plain(self) >= plain(other)

    def __eq__(self, other: object) -> Any:
        return plain(self) == plain(other)

    def __ne__(self, other: object) -> Any:
        return plain(self) != plain(other)

    def __bool__(self) -> bool:
        return bool(plain(self))

    def __len__(self) -> int:
        return len(plain(self))

    def __iter__(self) -> Iterator[Value]:
        return (self[k] for k in range(len(self)))

    def __getitem__(self, key: Any) -> Value:
        return shaping.take(self, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        raise InPlaceError(
            "a tensor does not change in place: others may have been computed from it; compute a "
            "new one, with where(condition, new, old) or concatenate"
        )

    def sum(self, axis: Axes = None, keepdims: bool = False) -> Value:
        """Sum over axes."""
        return shaping.sum(self, axis, keepdims)

    def mean(self, axis: Axes = None, keepdims: bool = False) -> Value:
        """Return the mean along axes."""
        return reductions.mean(self, axis, keepdims)

    def var(self, axis: Axes = None, keepdims: bool = False, ddof: int = 0) -> Value:
        """Return the variance along axes."""
        return reductions.var(self, axis, keepdims, ddof)

    def std(self, axis: Axes = None, keepdims: bool = False, ddof: int = 0) -> Value:
        """Return the standard deviation along axes."""
        return reductions.std(self, axis, keepdims, ddof)

    def max(self, axis: Axes = None, keepdims: bool = False) -> Value:
        """Return the largest along axes."""
        return reductions.max(self, axis, keepdims)

    def min(self, axis: Axes = None, keepdims: bool = False) -> Value:
        """Return the smallest along axes."""
        return reductions.min(self, axis, keepdims)

    def reshape(self, *lengths: Any) -> Value:
        """Arrange the same numbers in another shape."""
        return shaping.reshape(self, lengths[0] if len(lengths) == 1 else lengths)

    def dot(self, other: Value) -> Value:
        """Multiply matrices or vectors."""
        return products.dot(self, other)

    def clip(self, low: Any = None, high: Any = None) -> Value:
        """Bring numbers between two bounds."""
        return pointwise.clip(self, low, high)

    def flatten(self) -> Value:
        """Arrange all numbers in one row."""
        return shaping.ravel(self)

    def copy(self) -> Value:
        """Return this tensor, which never changes."""
        return self

    def ravel(self) -> Value:
        """Arrange all numbers in one row."""
        return shaping.ravel(self)

    def transpose(self, *axes: Any) -> Value:
        """Permute the axes; reverse them unless told."""
        given: Sequence[int] | None = axes[0] if len(axes) == 1 else axes or None
        return shaping.transpose(self, given)

    def swapaxes(self, first: int, second: int) -> Value:
        """Exchange two axes."""
        return shaping.swapaxes(self, first, second)

    def squeeze(self, axis: Axes = None) -> Value:
        """Leave out axes of length 1."""
        return shaping.squeeze(self, axis)

    def astype(self, dtype: Any) -> Value:
        """Convert to another precision."""
        return shaping.astype(self, dtype)

    def item(self) -> float:
        """Return a single number, untraced."""
        return float(plain(self).item())

    def detach(self) -> Any:
        """Return the numbers as they are now, read-only: a constant."""
        return detach(self)

    def __float__(self) -> float:
        return float(self._outside("float(…)").item())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        seen = self._outside("a NumPy array of it")
        return np.array(seen, dtype=dtype, copy=copy)

    def _outside(self, what: str) -> Any:
        """Return the array, read-only, unless a derivative is being taken that would be cut off."""
        if self.level > 0:
            raise UntracedError(
                f"{what} would cut off the derivative that is being taken; write the function with "
                "the operations of hermosis.autodiff, or, if a constant is meant, detach(x)"
            )
        return detach(self)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if options.pop("out", None) is not None:
            raise InPlaceError(
                f"np.{ufunc.__name__} cannot write a tensor into an array; leave out= away"
            )
        if ufunc in COMPARISONS and method == "__call__":
            return ufunc(*map(plain, inputs), **options)
        if ufunc not in UFUNCS or method != "__call__" or options:
            raise unknown(f"{ufunc.__name__}" + (f".{method}" if method != "__call__" else ""))
        return UFUNCS[ufunc](*inputs)

    def __array_function__(self, function: Any, types: Any, given: Any, options: Any) -> Any:
        if function not in FUNCTIONS:
            raise unknown(function.__name__)
        try:
            inspect.signature(FUNCTIONS[function]).bind(*given, **options)
        except TypeError as error:
            raise UntracedError(f"np.{function.__name__} of a tensor: {error}") from error
        return FUNCTIONS[function](*given, **options)
