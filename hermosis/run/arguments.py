"""What a step is given: parameters, gradients and a loss that fit, or a refusal by name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.array_utils import byte_bounds

from hermosis.errors import (
    MatrixSizeError,
    NonFiniteGradientError,
    StructureError,
)
from hermosis.run.parameters import (
    Array,
    ParameterSet,
    Structure,
    check_float,
    flatten,
    leaves_of,
    place_of,
)

#: The most components of an array that a full metric is kept for.
LARGEST_SQUARE = 4096
#: The precisions of parameters, in this machine's byte order.
PRECISIONS = (np.dtype(np.float32), np.dtype(np.float64))
#: How hard to look whether two strided arrays share memory, before they count as such that do.
_EFFORT = 100_000


def writable(tree: ParameterSet) -> tuple[list[Array], Structure]:
    """Flatten parameters that a step may write to; raise `StructureError` for any other."""
    leaves, structure = flatten(tree)
    if not leaves:
        raise StructureError("the parameter set is empty; give at least one float array")
    check_writable(leaves, structure)
    return leaves, structure


def checked_leaves(w: ParameterSet, structure: Structure) -> list[Array]:
    """Return the arrays of parameters that are nested as `structure`, and may be written to."""
    leaves = leaves_of(w, structure)
    if leaves is None:
        raise StructureError(
            f"the parameters are nested as {flatten(w)[1]}, but the state was made for "
            f"{structure}; make a new one by opt.init(w)"
        )
    check_writable(leaves, structure)
    return leaves


def check_writable(leaves: list[Any], structure: Structure) -> None:
    """Raise `StructureError` unless all leaves are float arrays that may change in place."""
    for leaf, path in zip(leaves, structure.paths, strict=True):
        place = place_of("parameters", path)
        if not isinstance(leaf, np.ndarray):
            raise StructureError(
                f"{place} is a {type(leaf).__name__}, not a NumPy array that can change in place; "
                "use np.asarray(value, dtype=float)"
            )
        check_plain(leaf, place)
        check_float(leaf, place)
        if leaf.dtype not in PRECISIONS:
            raise StructureError(
                f"{place} holds {leaf.dtype}, not float32 or float64 in this machine's byte order; "
                "use array.astype(float)"
            )
        if not leaf.flags.writeable:
            raise StructureError(f"{place} is read-only; give a copy: array.copy()")
    check_apart(leaves, structure.paths)


def check_plain(array: Any, place: str) -> None:
    """Refuse arrays of a class that may mean something else by an operation or an entry."""
    if type(array) not in (np.ndarray, np.memmap):
        raise StructureError(
            f"{place} is a {type(array).__name__}, whose entries or products may mean something "
            "else; give a plain array: np.asarray(array)"
        )


def check_apart(leaves: list[Array], paths: Sequence[tuple[Any, ...]]) -> None:
    """Raise `StructureError` where two arrays have a number of memory in common."""
    if len(leaves) == 1:
        return
    spans = sorted((*byte_bounds(x), place) for place, x in enumerate(leaves) if x.size)
    reach, last = 0, -1
    for low, high, place in spans:
        if low < reach and _shares(leaves[last], leaves[place]):
            one, other = (place_of("parameters", paths[k]) for k in (last, place))
            raise StructureError(
                f"{one} and {other} lie in the same memory, so that a step would move it twice; "
                "give each array memory of its own: array.copy()"
            )
        if high > reach:
            reach, last = high, place


def _shares(one: Array, other: Array) -> bool:
    try:
        return bool(np.shares_memory(one, other, max_work=_EFFORT))  # type: ignore[arg-type]
    except np.exceptions.TooHardError:
        return True


def check_squares(leaves: list[Array], structure: Structure) -> None:
    """Raise `MatrixSizeError` for an array of too many components for their square to be kept."""
    for leaf, path in zip(leaves, structure.paths, strict=True):
        if leaf.size > LARGEST_SQUARE:
            raise MatrixSizeError(
                f"{place_of('parameters', path)} has {leaf.size} components, and a full metric "
                f"keeps {leaf.size}² numbers for them; it takes at most {LARGEST_SQUARE} in an "
                "array, so use a diagonal metric here, or split the array"
            )


def gradients(
    tree: ParameterSet, leaves: list[Array], structure: Structure, written: list[Array]
) -> list[Array]:
    """Flatten gradients that belong to `leaves`; raise a named error if they do not fit.

    Each is contiguous, of its parameter's precision, and shares no memory with what is `written`.
    """
    if structure.tree is None and isinstance(tree, list | tuple):
        tree = _array_of(tree)
    found = leaves_of(tree, structure)
    if found is None:
        raise StructureError(
            f"the gradient is nested as {flatten(tree)[1]}, but the parameters as "
            f"{structure}; give one gradient array for each parameter array"
        )
    rows = zip(found, leaves, structure.paths, strict=True)
    arrays = [_gradient(x, leaf, place_of("the gradient", path)) for x, leaf, path in rows]
    owners = {id(owner(array)) for array in written}
    return [array.copy() if id(owner(array)) in owners else array for array in arrays]


def _array_of(values: list[Any] | tuple[Any, ...]) -> Any:
    """Return a list of numbers as an array; other lists as they are."""
    try:
        found = np.asarray(values)
    except ValueError:  # of several lengths
        return values
    return values if found.dtype == object else found


def _gradient(gradient: Any, leaf: Array, place: str) -> Array:
    """Return a gradient in the precision of its parameter."""
    if isinstance(gradient, np.ndarray):
        check_plain(gradient, place)
    found = np.asarray(gradient)
    check_float(found, place)
    if found.shape != leaf.shape:
        raise StructureError(
            f"{place} has shape {found.shape}, but its parameter has shape {leaf.shape}"
        )
    with np.errstate(over="ignore"):  # what does not fit is infinite, and refused by name
        return np.require(found, leaf.dtype, ("C", "A"))


def owner(array: Any) -> Any:
    """Return the object that owns an array's memory, to tell whether two share it."""
    found = array
    while isinstance(found, np.ndarray | memoryview):
        base = found.base if isinstance(found, np.ndarray) else found.obj
        if base is None:
            return found
        found = base
    return found


def check_finite(found: list[Array], structure: Structure, what: str = "the gradient") -> None:
    """Raise `NonFiniteGradientError` if some gradient has NaN or infinity in it."""
    for gradient, path in zip(found, structure.paths, strict=True):
        count = int(gradient.size - np.isfinite(gradient).sum())
        if count:
            raise NonFiniteGradientError(
                f"{place_of(what, path)} has {count} non-finite values of "
                f"{gradient.size}; nothing was changed; lower the learning rate or clip the "
                "gradient"
            )


def loss_value(value: Any) -> float:
    """Return a loss as a float; raise `StructureError` if it is no finite real number."""
    number = real_number(value, "the loss value")
    if not math.isfinite(number):
        raise StructureError(f"the loss value is {number}; nothing was changed")
    return number


def real_number(value: Any, what: str) -> float:
    """Return a number, or an array of one, as a float; raise `StructureError` for all else."""
    if isinstance(value, float):
        return float(value)
    found = np.asarray(value) if isinstance(value, np.ndarray | np.generic | int | float) else None
    if found is None or found.size != 1 or found.dtype.kind not in "fiub":
        said = f"{found.dtype}{list(found.shape)}" if found is not None else repr(value)[:60]
        raise StructureError(f"{what} is {said}, not one real number; return a float")
    return float(found.reshape(()))
