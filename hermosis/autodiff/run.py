"""One call of a function of a parameter set under watch, and the products with its Jacobian."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import numpy as np

from hermosis.autodiff.forward import Dual
from hermosis.autodiff.op import Traced, Value, shape
from hermosis.autodiff.reverse import LASTING, Tensor, pull_back, seeded, traced
from hermosis.autodiff.shaping import astype, reshape, stack
from hermosis.errors import SeedError, StructureError
from hermosis.parameters import ParameterSet, Structure, check_float, flatten, place_of

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
        self.known = [isinstance(end, Tensor) and end.level == level for end in self.ends]

    @property
    def value(self) -> Any:
        """The result, as it is without this call's watch."""
        pairs = zip(self.ends, self.known, strict=True)
        return self.outline.rebuild([end.inner if known else end for end, known in pairs])

    @property
    def is_tall(self) -> bool:
        """Whether the Jacobian has more rows than columns."""
        return sum(map(_size, self.ends)) > sum(map(_size, self.leaves))

    def gradient(self) -> ParameterSet:
        """Return the gradient of a result that is a number; raise `SeedError` for any other."""
        if self.outline.tree is not None:
            raise SeedError(
                f"the function returns a {type(self.outline.tree).__name__}, and only a number has "
                "a gradient; for more than that there are vjp, jvp and jacobian"
            )
        return self.structure.rebuild(self._back([None], keep=False))

    def back(self, u: ParameterSet) -> ParameterSet:
        """Return uᵀJ, in the structure of w."""
        seeds, outline = flatten(u)
        if outline != self.outline:
            raise StructureError(
                f"the vector is nested as {outline}, but the result as {self.outline}"
            )
        return self.structure.rebuild(self._back(seeds, keep=False))

    def rows(self) -> Any:
        """Return the Jacobian row by row, all from one graph."""
        blocks = []
        for k, end in enumerate(self.ends):
            zeros = [np.zeros(shape(other)) for other in self.ends]
            rows = [
                self._back([*zeros[:k], unit, *zeros[k + 1 :]], keep=True)
                for unit in _units(shape(end))
            ]
            blocks.append(
                self.structure.rebuild(
                    [
                        _joined([row[j] for row in rows], (*shape(end), *shape(leaf)), leaf)
                        for j, leaf in enumerate(self.given)
                    ]
                )
            )
        return self.outline.rebuild(blocks)

    def _back(self, seeds: Sequence[Value], keep: bool) -> list[Value]:
        """Return the derivative by each leaf; zeros where the result does not depend on it."""
        pairs = zip(self.ends, seeds, self.known, strict=True)
        ends = [(x, seeded(x, seed)) for x, seed, known in pairs if known]
        found = {id(leaf): slope for leaf, slope in pull_back(ends, keep)}
        return [
            _as(found.get(id(leaf)), x) for leaf, x in zip(self.leaves, self.given, strict=True)
        ]


def pushed(
    fun: Callable[..., Any], w: ParameterSet, v: ParameterSet, rest: Any, options: dict[str, Any]
) -> ParameterSet:
    """Return J(w)v, in the structure of the result."""
    level = next(_levels)
    given, structure = _leaves(w)
    tangents, outline = flatten(v)
    if outline != structure:
        raise StructureError(f"the vector is nested as {outline}, but w as {structure}")
    for k, (x, t) in enumerate(zip(given, tangents, strict=True)):
        if shape(t) != shape(x):
            where = place_of("the vector", structure.paths[k])
            raise StructureError(f"{where} has shape {shape(t)}, but w there {shape(x)}")
    duals = [Dual(x, _as(t, x), level) for x, t in zip(given, tangents, strict=True)]
    ends, form = flatten(fun(structure.rebuild(duals), *rest, **options))
    return form.rebuild(
        [
            end.tangent if isinstance(end, Dual) and end.level == level else _as(None, end)
            for end in ends
        ]
    )


def by_columns(fun: Callable[..., Any], w: ParameterSet, rest: Any, options: Any) -> Any:
    """Return the Jacobian column by column, each by a call."""
    given, structure = _leaves(w)
    zeros = [np.zeros(shape(x)) for x in given]
    columns: list[list[list[Value]]] = []
    form = Structure(None)
    for k, x in enumerate(given):
        columns.append([])
        for unit in _units(shape(x)):
            v = structure.rebuild([*zeros[:k], unit, *zeros[k + 1 :]])
            ends, form = flatten(pushed(fun, w, v, rest, options))
            columns[k].append(ends)
    blocks = []
    for j, end in enumerate(columns[0][0] if columns and columns[0] else []):
        row = []
        for k, x in enumerate(given):
            joined = stack([ends[j] for ends in columns[k]], axis=-1)
            row.append(reshape(joined, (*shape(end), *shape(x))))
        blocks.append(structure.rebuild(row))
    return form.rebuild(blocks)


def _leaves(w: ParameterSet) -> tuple[list[Value], Structure]:
    """Return the arrays of a parameter set; raise a named error for what has no derivative."""
    leaves, structure = flatten(w)
    for k, leaf in enumerate(leaves):
        if not isinstance(leaf, np.ndarray | Traced):
            leaves[k] = np.asarray(leaf)[()]
        if leaves[k].dtype.kind != "f":
            check_float(leaves[k], place_of("the argument", structure.paths[k]))
    return leaves, structure


def _as(x: Value | None, like: Value) -> Value:
    """Return a derivative in the shape and precision of what it belongs to; zeros for None."""
    if x is None:
        return np.zeros(shape(like), getattr(like, "dtype", float))
    if isinstance(x, Traced):
        return astype(x, like.dtype)
    return (
        np.asarray(x, like.dtype)[()] if isinstance(like, np.generic) else np.asarray(x, like.dtype)
    )


def _size(x: Value) -> int:
    return int(np.prod(shape(x), dtype=int))


def _units(of: tuple[int, ...]) -> Any:
    """Return all arrays of a shape with a single 1, the others 0."""
    size = int(np.prod(of, dtype=int))
    return np.eye(size).reshape(size, *of)


def _joined(parts: list[Value], due: tuple[int, ...], like: Value) -> Value:
    return reshape(stack(parts), due) if parts else np.zeros(due, like.dtype)
