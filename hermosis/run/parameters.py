"""Parameter sets: one float array, or a nested list, tuple or dict of them, as a flat list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from derivations.lazy import lazy
from hermosis.errors import IntegerParameterError, StructureError

Array = NDArray[np.floating[Any]]
#: An array, or a (nested) list, tuple or dict of parameter sets.
ParameterSet = Any


@dataclass(frozen=True)
class Structure:
    """How a parameter set is nested: the path to each of its arrays, and the containers' kinds.

    >>> leaves, structure = flatten({"bias": np.zeros(2), "layers": [np.ones(3)]})
    >>> structure.paths
    (('bias',), ('layers', 0))
    >>> structure.rebuild(leaves)["layers"][0]
    array([1., 1., 1.])
    """

    tree: Any

    def __str__(self) -> str:
        """Return how it is nested, with a word for each array."""
        return str(self.tree).replace("None", "array")

    @lazy
    def paths(self) -> tuple[tuple[Any, ...], ...]:
        """The keys and positions that lead to each array, in order."""
        return tuple(path for path, _ in _walk(self.tree, ()))

    @lazy
    def is_row(self) -> bool:
        """Whether this is a plain list of arrays."""
        return type(self.tree) is list and all(branch is None for branch in self.tree)

    def rebuild(self, leaves: list[Any]) -> ParameterSet:
        """Put a flat list of arrays back into this structure."""
        rest = iter(leaves)
        return _map(self.tree, lambda _: next(rest))


def raveled(
    tree: ParameterSet,
) -> tuple[NDArray[np.float64], Structure, list[tuple[int, ...]]]:
    """Return a parameter set as one vector in double precision, its structure and its shapes."""
    leaves, structure = flatten(tree)
    arrays = [np.asarray(leaf, dtype=float) for leaf in leaves]
    flat = np.concatenate([array.ravel() for array in arrays])
    return flat, structure, [array.shape for array in arrays]


def unraveled(
    flat: NDArray[Any], structure: Structure, shapes: list[tuple[int, ...]]
) -> ParameterSet:
    """Return a vector as the parameter set that it was raveled from."""
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
    parts = np.split(flat, ends)
    return structure.rebuild([p.reshape(s) for p, s in zip(parts, shapes, strict=True)])


def flatten(tree: ParameterSet) -> tuple[list[Any], Structure]:
    """Return the leaves of a parameter set in order, and its structure."""
    leaves: list[Any] = []
    return leaves, Structure(_map(tree, leaves.append))


def leaves_of(tree: ParameterSet, structure: Structure) -> list[Any] | None:
    """Return the leaves of a set that is nested as `structure`, in its order; None if it is not."""
    found: list[Any] = []
    return found if _collect(tree, structure.tree, found) else None


def row_of(tree: ParameterSet, structure: Structure) -> list[Any] | None:
    """Return the same as `leaves_of`; a plain list itself, since that is sooner done."""
    if structure.tree is None:
        return [tree]
    if structure.is_row and type(tree) is list:
        return tree if len(tree) == len(structure.tree) else None
    return leaves_of(tree, structure)


def broadcast(value: Any, structure: Structure) -> list[Any] | None:
    """Spread a nested hyperparameter over the arrays below it; None if it is not nested.

    A dict or list at the top levels of the parameter set gives each branch its own value.
    """
    if not isinstance(value, Mapping | list | tuple):
        return None
    return [_along(value, path) for path in structure.paths]


def _along(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        if not isinstance(value, Mapping | list | tuple):
            return value
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError) as error:
            raise StructureError(
                "a hyperparameter given for groups has no value for "
                f"{place_of('parameters', path)}; give one number for each branch of the "
                "parameter set"
            ) from error
    if isinstance(value, Mapping | list | tuple):
        raise StructureError(
            f"a hyperparameter given for groups is {value!r} for {place_of('parameters', path)}, "
            "which has no branches; give one number"
        )
    return value


def check_float(array: Any, place: str) -> None:
    """Raise a named error unless an array holds floating-point numbers."""
    if array.dtype.kind == "c":
        raise StructureError(
            f"{place} is complex ({array.dtype}); give real and imaginary parts as two arrays"
        )
    if array.dtype.kind != "f":
        raise IntegerParameterError(
            f"{place} holds {array.dtype}, not floating-point numbers; use array.astype(float)"
        )


def _walk(tree: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(tree, Mapping):
        for key in tree:
            yield from _walk(tree[key], (*path, key))
    elif isinstance(tree, list | tuple):
        for index, branch in enumerate(tree):
            yield from _walk(branch, (*path, index))
    else:
        yield path, tree


def _collect(tree: Any, outline: Any, found: list[Any]) -> bool:
    """Walk a set along an outline, as far as they agree."""
    if outline is None:
        found.append(tree)
        return not isinstance(tree, dict | list | tuple)
    if isinstance(outline, dict):
        same = isinstance(tree, Mapping) and tree.keys() == outline.keys()
        return same and all(_collect(tree[key], outline[key], found) for key in outline)
    same = type(tree) is type(outline) and len(tree) == len(outline)
    return same and all(map(_collect, tree, outline, [found] * len(outline)))


def _map(tree: Any, change: Any) -> Any:
    if tree is None or isinstance(tree, np.ndarray):  # the most frequent, and soonest asked
        return change(tree)
    if isinstance(tree, dict | Mapping):
        return {key: _map(branch, change) for key, branch in tree.items()}
    if isinstance(tree, list | tuple):
        branches = [_map(branch, change) for branch in tree]
        if isinstance(tree, tuple) and hasattr(tree, "_fields"):
            return type(tree)(*branches)
        return type(tree)(branches) if type(tree) in (list, tuple) else list(branches)
    return change(tree)


def place_of(what: str, path: tuple[Any, ...]) -> str:
    """Return what something is called that stands at a path of a parameter set."""
    return what + "".join(f"[{key!r}]" for key in path)
