"""Reverse mode: what was computed is kept as a graph, and derivatives go back through it.

A graph has no cycles, so its memory is free as soon as nobody holds its end. It is walked without
recursion, from the last operation to the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from operator import attrgetter
from typing import Any

import numpy as np

from hermosis.autodiff.op import CONSTANT, LASTING, Op, Traced, Value, plain, shape
from hermosis.autodiff.operators import Operable
from hermosis.errors import FreedGraphError, InPlaceError, SeedError, ShapeError
from hermosis.run.parameters import check_float

_born = count()
_index = attrgetter("index")


class Tensor(Operable):
    """A value in the course of a computation, with the way that it came about.

    `Tensor(array)` is a constant: its own copy of the array. Tensors that depend on a `Parameter`
    are made by operations; `backward` of a loss adds its derivatives to the parameters' `grad`.

    >>> p = Parameter([1.0, 2.0])
    >>> loss = (p * p).sum()
    >>> loss.backward()
    >>> p.grad
    array([2., 4.])
    """

    __slots__ = ("index", "inner", "inputs", "level", "op", "options", "parents")
    inputs: Sequence[Value] | None
    op: Op | None
    options: dict[str, Any]
    parents: Sequence[Traced | None] | None
    index: int

    def __init__(self, value: Any) -> None:
        self.inner = np.array(value)
        self.level, self.op, self.parents = CONSTANT, None, ()

    def apply(self, op: Op, inputs: Sequence[Value], options: dict[str, Any]) -> Value:
        """Apply an operation, and keep what its derivatives need."""
        if self.level == CONSTANT:
            return traced(op(*map(plain, inputs), **options), CONSTANT)
        return record(self.level, op, inputs, options)

    def backward(self, seed: Any = None, keep: bool = False) -> None:
        """Add the derivatives of this tensor to the `grad` of the parameters it depends on.

        Parameters
        ----------
        seed : what the derivatives are multiplied by, of this tensor's shape; 1 for a number.
        keep : keep the graph for another call; otherwise its memory is freed.

        Raises `SeedError`, `FreedGraphError`, `InPlaceError`.
        """
        if self.level != LASTING:
            raise SeedError(
                "this tensor does not depend on a Parameter, so there is nothing to go back to"
            )
        found = pull_back([(self, seeded(self, seed))], keep)
        for leaf, slope in found:
            check_slope(slope, leaf)
        for leaf, slope in found:
            leaf.collect(slope)

    def __repr__(self) -> str:
        return f"Tensor({np.array2string(np.asarray(plain(self)), separator=', ')})"


class Parameter(Operable):
    """A weight: an array that lasts from step to step, with the derivative by it.

    It holds a copy of `value`. `parameter.value` is the array itself, which an optimizer changes in
    place between one computation and the next; `grad` is None, or an array of the same shape, to
    which each `backward` adds.

    Raises `IntegerParameterError` for numbers that are not floating-point.

    >>> import hermosis as hm
    >>> p, opt = Parameter([1.0, -2.0]), hm.optimizers.SGD(lr=0.1)
    >>> state = opt.init(p.value)
    >>> (p**2).sum().backward()
    >>> opt.step(p.value, p.grad, state)
    >>> p.value
    array([ 0.8, -1.6])
    """

    __slots__ = ("array", "grad", "seen")
    level, op, parents, index = LASTING, None, (), -1  # before all that is computed

    def __init__(self, value: Any) -> None:
        self.array = np.array(value)
        check_float(self.array, "the parameter")
        self.grad: Any = None
        self.seen: Any = None

    @property
    def value(self) -> Any:
        """The array itself, which may change in place."""
        return self.array

    @value.setter
    def value(self, new: Any) -> None:
        if np.shape(new) != self.array.shape:
            raise ShapeError(
                f"the new value has shape {np.shape(new)}, but the parameter {self.array.shape}"
            )
        self.array[...] = new

    @property
    def shape(self) -> tuple[int, ...]:
        """The length of each axis."""
        return self.array.shape

    @property
    def inner(self) -> Any:
        """What computations read: a copy, made once for each change of the array."""
        if self.seen is None or not np.array_equal(self.seen, self.array, equal_nan=True):
            self.seen = self.array.copy()
        return self.seen

    def apply(self, op: Op, inputs: Sequence[Value], options: dict[str, Any]) -> Value:
        """Apply an operation, and keep what its derivatives need."""
        return record(LASTING, op, inputs, options)

    def collect(self, slope: Any) -> None:
        """Add to the derivative."""
        known = 0.0 if self.grad is None else self.grad
        self.grad = np.array(known + slope, self.array.dtype)

    def check_unchanged(self, read: Any) -> None:
        """Raise `InPlaceError` if the array is not as it was when a computation read it."""
        if not np.array_equal(read, self.array, equal_nan=True):
            raise InPlaceError(
                "a parameter was changed in place after the computation that goes back to it now; "
                "call backward before the step, or compute the loss again"
            )

    def __repr__(self) -> str:
        return f"Parameter({np.array2string(self.array, separator=', ')})"


def traced(value: Value, level: int) -> Tensor:
    """Return a tensor over a value as it is, from which others are computed at a level."""
    made = Tensor.__new__(Tensor)
    made.inner, made.level, made.op, made.parents = value, level, None, ()
    made.index = next(_born)
    return made


def record(level: int, op: Op, inputs: Sequence[Value], options: dict[str, Any]) -> Tensor:
    """Apply an operation to inputs of a level and below, and keep what its derivatives need."""
    values: list[Value] = list(inputs)
    parents: list[Traced | None] = [None] * len(values)
    for k, x in enumerate(inputs):
        if isinstance(x, Traced):
            if x.level == level:
                values[k], parents[k] = x.inner, x
            elif x.level == CONSTANT:
                values[k] = x.inner
        elif level == LASTING:
            values[k] = _kept(x)
    if level == LASTING:
        options = {name: _kept(option) for name, option in options.items()}
    made = Tensor.__new__(Tensor)
    made.inner, made.level, made.index = op(*values, **options), level, next(_born)
    made.op, made.options, made.inputs, made.parents = op, options, values, parents
    return made


def _kept(x: Any) -> Any:
    """Return a copy of an array that its owner may change before `backward` reads it."""
    if isinstance(x, tuple):
        return tuple(map(_kept, x))
    return x.copy() if isinstance(x, np.ndarray) else x


def seeded(end: Value, seed: Any) -> Value:
    """Return what a derivative starts from; raise `SeedError` if that is not clear."""
    due = shape(end)
    if end is None:
        raise SeedError("the function returns None; let it return the loss")
    if seed is None:
        if due not in ((), (1,)):
            raise SeedError(
                f"the result has shape {due}, and only a number has a gradient; sum it, or give "
                f"a seed of shape {due} to multiply the derivatives by"
            )
        return np.ones(due, getattr(end, "dtype", float))
    if shape(seed) != due:
        raise SeedError(f"the seed has shape {shape(seed)}, but the result has shape {due}")
    return seed if isinstance(seed, Traced) else np.asarray(seed, getattr(end, "dtype", float))


def check_slope(slope: Value, leaf: Value) -> None:
    """Raise `ShapeError` for a derivative of another shape than what it is taken by."""
    if shape(slope) != shape(leaf):
        raise ShapeError(
            f"a derivative has shape {shape(slope)}, but what it is taken by {shape(leaf)}; a rule "
            "of an operation does not sum over what was broadcast"
        )


def pull_back(ends: Sequence[tuple[Tensor, Value]], keep: bool) -> list[tuple[Any, Value]]:
    """Walk the graph back from its ends, each with a seed.

    Return the leaves, each with the derivative by it. Unless told to `keep` it, the graph is freed
    at the end: a rule that fails leaves it as it was.
    """
    held: dict[int, Value] = {}
    for end, seed in ends:
        held[id(end)] = held[id(end)] + seed if id(end) in held else seed
    walk = _in_order([end for end, _ in ends])
    leaves = []
    for node in reversed(walk):
        g = held.pop(id(node))
        if node.op is None:
            leaves.append((node, g))
            continue
        for place, parent in enumerate(node.parents):
            if parent is not None:
                part = node.op.pulls[place](g, node.inner, *node.inputs, **node.options)
                known = held.get(id(parent))
                held[id(parent)] = part if known is None else known + part
    for node in walk:
        if not keep and node.op is not None:
            node.inputs = node.parents = None
    return leaves


def _in_order(ends: list[Tensor]) -> list[Any]:
    """Return all that the ends were computed from, and they, in the order of computation."""
    found: dict[int, Any] = {id(end): end for end in ends}
    stack: list[Any] = list(found.values())
    while stack:
        node = stack.pop()
        if node.parents is None:
            raise FreedGraphError(
                "this graph was freed by a backward before; call backward(keep=True) there, or "
                "compute the loss again"
            )
        for place, parent in enumerate(node.parents):
            if parent is None:
                continue
            if parent.index < 0:
                parent.check_unchanged(node.inputs[place])
            if id(parent) not in found:
                found[id(parent)] = parent
                stack.append(parent)
    return sorted(found.values(), key=_index)
