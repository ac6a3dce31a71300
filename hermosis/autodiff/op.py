"""What an operation is: a value, and for each input how a change goes through it, both ways.

A derivative is written with operations itself, so that it has derivatives too. How an operation is
recorded is the business of its inputs: it asks the one that was traced last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np

from hermosis.errors import ShapeError

#: An array, a number, or something traced.
Value = Any


#: What is read as an array.
_ROWS = (list, tuple)
#: The levels of what is not traced, and of what is traced back to parameters.
CONSTANT, LASTING = -1, 0


class Traced:
    """A value whose use is recorded, at a level: what began to be traced later is higher.

    It is abstract, but no `ABC`: that would make the question whether something is traced, which
    every operation asks, ten times slower.
    """

    __slots__ = ()
    level: int
    inner: Value

    def apply(self, op: Op, inputs: Sequence[Value], options: dict[str, Any]) -> Value:
        """Apply an operation to inputs none of which has a higher level than this one."""
        raise NotImplementedError


class Rules(Protocol):
    """A function for each input, by its place."""

    def __getitem__(self, place: int, /) -> Callable[..., Value]: ...


class Op:
    """An operation on arrays and on what is traced.

    Parameters
    ----------
    name : what it is called, in errors.
    value : `value(*inputs, **options)` of plain arrays.
    pulls : for each input, `pull(g, out, *inputs, **options)`: what g, the derivative by the
        result `out`, gives for the derivative by this input (a vector-Jacobian product).
    pushes : for each input, `push(t, out, *inputs, **options)`: the change of the result when this
        input changes by t (a Jacobian-vector product).

    Inputs are positional and differentiable; options are neither.

    >>> import numpy as np
    >>> slope = lambda change, out, x: change * 3 * x**2
    >>> cube = Op("cube", lambda x: x**3, [slope], [slope])
    >>> cube(np.array([1.0, 2.0]))
    array([1., 8.])
    >>> from hermosis.autodiff import grad
    >>> float(grad(grad(cube))(2.0))
    12.0
    """

    def __init__(self, name: str, value: Callable[..., Any], pulls: Rules, pushes: Rules) -> None:
        self.name, self.value, self.pulls, self.pushes = name, value, pulls, pushes

    def __call__(self, *inputs: Value, **options: Any) -> Value:
        last = None
        for x in inputs:
            if type(x) is np.ndarray:  # the most frequent, and soonest told
                continue
            if isinstance(x, Traced):
                if last is None or x.level > last.level:
                    last = x
            elif isinstance(x, _ROWS):
                return self(*map(_array, inputs), **options)
        if last is not None:
            return last.apply(self, inputs, options)
        try:
            return self.value(*inputs, **options)
        except (ValueError, IndexError) as error:
            shapes = " and ".join(str(np.shape(x)) for x in inputs)
            told = "".join(f", {name}={option}" for name, option in options.items())
            raise ShapeError(f"{self.name} does not take shapes {shapes}{told}: {error}") from error

    def __repr__(self) -> str:
        return f"<operation {self.name}>"


class Each:
    """One rule for all inputs of an operation, however many: it is told the place first."""

    __slots__ = ("rule",)

    def __init__(self, rule: Callable[..., Value]) -> None:
        self.rule = rule

    def __getitem__(self, place: int) -> Callable[..., Value]:
        return lambda *given, **options: self.rule(place, *given, **options)


def linear(name: str, value: Callable[..., Any], back: Callable[..., Value]) -> Op:
    """Return a linear operation on one input, with `back(g, x, **options)`, its transpose."""

    def pull(g: Value, out: Value, x: Value, **options: Any) -> Value:
        return back(g, x, **options)

    def push(t: Value, out: Value, x: Value, **options: Any) -> Value:
        return op(t, **options)

    op = Op(name, value, [pull], [push])
    return op


def shape(x: Value) -> tuple[int, ...]:
    """Return the shape of an array, a number, or what is traced."""
    found: tuple[int, ...] | None = getattr(x, "shape", None)
    return np.shape(x) if found is None else found


def plain(x: Value) -> Any:
    """Return the array below all tracing; what is computed from it has no derivative."""
    while isinstance(x, Traced):
        x = x.inner
    return x


def detach(x: Value) -> Any:
    """Return the numbers of x as they are now, read-only: a constant, through which nothing goes.

    >>> from hermosis.autodiff import grad
    >>> float(grad(lambda x: x * detach(x))(3.0))
    3.0
    """
    seen = np.asarray(plain(x)).view()
    seen.flags.writeable = False
    return seen


def _array(x: Value) -> Value:
    return np.asarray(x) if isinstance(x, _ROWS) else x
