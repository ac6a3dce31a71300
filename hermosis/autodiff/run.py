"""One call of a function of a parameter set under watch, and the products with its Jacobian."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import numpy as np

from hermosis.autodiff.forward import Dual
from hermosis.autodiff.op import LASTING, Traced, Value, shape
from hermosis.autodiff.reverse import Tensor, check_slope, pull_back, seeded, traced
from hermosis.autodiff.shaping import astype, reshape, stack, transpose
from hermosis.errors import SeedError, StructureError
from hermosis.run.parameters import (
    ParameterSet,
    Structure,
    check_float,
    flatten,
    leaves_of,
    place_of,
)

#: What begins later is inside what began before, or apart from it.
_levels = count(LASTING + 1)


class Run:
    """A recorded call `fun(w, *rest, **options)`, through which derivatives go back."""

    def __init__(
        self, fun: Callable[..., Any], w: ParameterSet, rest: Any, options: dict[str, Any]
    ) -> None:
        level = next(_levels)
        self.given, self.structure = _leaves(w)
        self.leaves = [traced(x, level) for x in self.given]
        out = fun(self.structure.rebuild(list(self.leaves)), *rest, **options)
        self.ends, self.outline = flatten(out)
        self.level = level

    def is_known(self, end: Value) -> bool:
        """Tell whether a part of the result was computed from w."""
        return isinstance(end, Tensor) and end.level == self.level

    @property
    def value(self) -> Any:
        """The result, as it is without this call's watch."""
        return self.outline.rebuild([x.inner if self.is_known(x) else x for x in self.ends])

    def gradient(self) -> ParameterSet:
        """Return the gradient of a result that is a number; raise `SeedError` for any other."""
        if self.outline.tree is not None:
            raise SeedError(
                f"the function returns a {type(self.outline.tree).__name__}, and only a number has "
                "a gradient; for more than that there are vjp, jvp and jacobian"
            )
        return self.structure.rebuild(self._back(self.ends, [None], keep=False))

    def back(self, u: ParameterSet) -> ParameterSet:
        """Return uᵀJ, in the structure of w."""
        seeds = _in_form(u, self.outline, "the result")
        return self.structure.rebuild(self._back(self.ends, seeds, keep=False))

    def jacobian(self) -> Any:
        """Return the Jacobian, from one graph: row by row, or column by column if those are fewer.

        It is nested: for each array of the result, for each array of w.
        """
        is_tall = sum(map(_size, self.ends)) > sum(map(_size, self.given))
        blocks = self._columns() if is_tall else self._rows()
        return self.outline.rebuild([self.structure.rebuild(row) for row in blocks])

    def _rows(self) -> list[list[Value]]:
        """Return a block for each array of the result and each of w."""
        blocks = []
        for end in self.ends:
            rows = [self._back([end], [unit], keep=True) for unit in _units(shape(end))]
            blocks.append(
                [
                    _joined([row[j] for row in rows], (*shape(end), *shape(x)), x)
                    for j, x in enumerate(self.given)
                ]
            )
        return blocks

    def _columns(self) -> list[list[Value]]:
        """Return the same: uᵀJ is linear in u, and the rows of its Jacobian are J's columns."""
        zeros = [np.zeros(shape(end), getattr(end, "dtype", float)) for end in self.ends]
        turned = Run(self.back, self.outline.rebuild(zeros), (), {})._rows()
        return [
            [_turned(turned[j][k], x) for j, x in enumerate(self.given)]
            for k in range(len(self.ends))
        ]

    def _back(self, ends: list[Value], seeds: Sequence[Value], keep: bool) -> list[Value]:
        """Return the derivative by each leaf; zeros where the result does not depend on it."""
        pairs = [(end, seeded(end, seed)) for end, seed in zip(ends, seeds, strict=True)]
        known = [(end, seed) for end, seed in pairs if self.is_known(end)]
        found = {id(leaf): slope for leaf, slope in pull_back(known, keep)}
        slopes = [found.get(id(leaf)) for leaf in self.leaves]
        return _apart([_as(x, like) for x, like in zip(slopes, self.given, strict=True)], seeds)


def pushed(
    fun: Callable[..., Any], w: ParameterSet, v: ParameterSet, rest: Any, options: dict[str, Any]
) -> ParameterSet:
    """Return J(w)v, in the structure of the result."""
    level = next(_levels)
    given, structure = _leaves(w)
    tangents = _in_form(v, structure, "w")
    for k, (x, t) in enumerate(zip(given, tangents, strict=True)):
        if shape(t) != shape(x):
            where = place_of("the vector", structure.paths[k])
            raise StructureError(f"{where} has shape {shape(t)}, but w there {shape(x)}")
    duals = [Dual(x, _as(t, x), level) for x, t in zip(given, tangents, strict=True)]
    ends, form = flatten(fun(structure.rebuild(duals), *rest, **options))
    changes = [
        end.tangent if isinstance(end, Dual) and end.level == level else _as(None, end)
        for end in ends
    ]
    return form.rebuild(_apart(changes, tangents))


def _leaves(w: ParameterSet) -> tuple[list[Value], Structure]:
    """Return the arrays of a parameter set; raise a named error for what has no derivative."""
    leaves, structure = flatten(w)
    for k, leaf in enumerate(leaves):
        x: Any = leaf if isinstance(leaf, np.ndarray | Traced) else np.asarray(leaf)
        if x.dtype.kind != "f":
            check_float(x, place_of("the argument", structure.paths[k]))
        leaves[k] = x if x is leaf else x[()]
    return leaves, structure


def _in_form(v: ParameterSet, structure: Structure, what: str) -> list[Value]:
    """Return the leaves of a vector in the order of what it belongs to."""
    found = leaves_of(v, structure)
    if found is None:
        raise StructureError(f"the vector is nested as {flatten(v)[1]}, but {what} as {structure}")
    return found


def _as(x: Value | None, like: Value) -> Value:
    """Return a derivative in the precision of what it belongs to; zeros for None."""
    kind = getattr(like, "dtype", np.dtype(float))
    if x is None:
        x = np.zeros(shape(like), kind)
    check_slope(x, like)
    if isinstance(x, Traced):
        return astype(x, kind)
    found = np.asarray(x, kind)
    return found[()] if isinstance(like, np.generic) else found


def _apart(found: list[Value], given: Sequence[Value]) -> list[Value]:
    """Return arrays each of which may be written to: no two are one, and none is a view."""
    others = {id(x) for x in given}
    for k, x in enumerate(found):
        if isinstance(x, np.ndarray):
            if x.base is not None or not x.flags.writeable or id(x) in others:
                found[k] = x.copy()
            others.add(id(x))
    return found


def _size(x: Value) -> int:
    return int(np.prod(shape(x), dtype=int))


def _units(of: tuple[int, ...]) -> Any:
    """Return all arrays of a shape with a single 1, the others 0."""
    size = int(np.prod(of, dtype=int))
    return np.eye(size).reshape(size, *of)


def _joined(parts: list[Value], due: tuple[int, ...], like: Value) -> Value:
    return reshape(stack(parts), due) if parts else np.zeros(due, like.dtype)


def _turned(block: Value, x: Value) -> Value:
    """Return a block with the axes of x last, in its precision."""
    own, ndim = len(shape(x)), len(shape(block))
    return astype(transpose(block, (*range(own, ndim), *range(own))), x.dtype)
