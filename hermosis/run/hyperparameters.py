"""Hyperparameters: numbers, callables of the step number, arrays, or one for each branch of a set.

A number that is given once is checked once; what a callable returns is checked at each step.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hermosis.errors import HyperparameterError
from hermosis.run.parameters import Array, Structure, broadcast, place_of


@dataclass(frozen=True)
class Range:
    """The numbers that a hyperparameter may be, ends included."""

    low: float = 0.0
    high: float = math.inf

    def __str__(self) -> str:
        """Say it as an error does."""
        if self == ANY:
            return "it must be finite"
        if self == POSITIVE:
            return "it must be finite and not negative"
        return f"it must be from {self.low:g} to {self.high:g}"

    def __contains__(self, number: float) -> bool:
        return math.isfinite(number) and self.low <= number <= self.high


#: What most hyperparameters are, what averaging factors are, and what may have any sign.
POSITIVE, SHARE, ANY = Range(), Range(0.0, 1.0), Range(-math.inf)


def is_grouped(value: Any) -> bool:
    """Tell whether a hyperparameter gives branches of the parameter set their own values."""
    return isinstance(value, Mapping | list | tuple)


def is_array(value: Any) -> bool:
    """Tell whether a hyperparameter has a number for each component."""
    return isinstance(value, np.ndarray) and value.ndim > 0


def has_array(value: Any) -> bool:
    """Tell whether a hyperparameter, or a branch of it, has a number for each component."""
    if is_grouped(value):
        return any(map(has_array, value.values() if isinstance(value, Mapping) else value))
    return is_array(value)


def spread_arrays(name: str, value: Any, leaves: list[Array], structure: Structure) -> list[Array]:
    """Return a hyperparameter as arrays like the parameters.

    Raises `HyperparameterError` where it does not broadcast to them.
    """
    rows = broadcast(value, structure) or [value] * len(leaves)
    found = []
    for leaf, own, path in zip(leaves, rows, structure.paths, strict=True):
        try:
            found.append(np.broadcast_to(np.asarray(own, leaf.dtype), leaf.shape).copy())
        except (ValueError, TypeError) as error:
            raise HyperparameterError(
                f"{name} has shape {np.shape(own)}, which does not broadcast to the shape "
                f"{leaf.shape} of {place_of('parameters', path)}"
            ) from error
    return found


def is_zero(value: Any) -> bool:
    """Whether a hyperparameter is a plain zero, so that the rule can leave it out."""
    return isinstance(value, int | float) and value == 0


def check_number(name: str, value: Any, owner: str, allowed: Range = POSITIVE) -> None:
    """Refuse a hyperparameter that is out of its range, or no number, by name."""
    if callable(value):
        return
    if is_grouped(value):
        branches = value.values() if isinstance(value, Mapping) else value
        for branch in branches:
            check_number(name, branch, owner, allowed)
        return
    if is_array(value):
        _check_array(name, value, owner, allowed)
        return
    number = as_number(value)
    if number is None:
        raise HyperparameterError(
            f"{owner}: {name} is {_said(value)}, not a number; give a number, a callable of the "
            "step number that returns one, or an array that broadcasts to the parameters"
        )
    if number not in allowed:
        raise HyperparameterError(f"{owner}: {name} is {_said(value)}; {allowed}")


def number_at(step: int, value: Any, name: str, owner: str, allowed: Range = POSITIVE) -> Any:
    """Return a hyperparameter at a step as a float, or as nested floats for groups.

    Raises `HyperparameterError` for what is out of its range, or no number.
    """
    if callable(value):
        value = value(step)
    if isinstance(value, Mapping):
        items = value.items()
        return {key: number_at(step, branch, name, owner, allowed) for key, branch in items}
    if isinstance(value, list | tuple):
        return [number_at(step, branch, name, owner, allowed) for branch in value]
    number = as_number(value)
    if number is None or number not in allowed:
        raise HyperparameterError(
            f"{owner}: {name} came out as {_said(value)} at step {step}; it must be a number, and "
            f"{allowed}; nothing was changed"
        )
    return number


def as_number(value: Any) -> float | None:
    """Return a real number as a float; None for anything else, such as text or a date.

    >>> as_number(1), as_number(np.float32(0.5)), as_number("1"), as_number(10**400)
    (1.0, 0.5, None, inf)
    """
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, bool | np.bool_ | complex | np.complexfloating | np.timedelta64):
        return None
    if not isinstance(value, int | float | np.integer | np.floating) and not _is_rational(value):
        return None
    try:
        return float(value)
    except OverflowError:  # an integer beyond all floats
        return math.inf if value > 0 else -math.inf


def check_one_clock(values: Mapping[str, Any], owner: str) -> None:
    """Refuse steps of several lengths where the thermal mass depends on the time."""
    if is_grouped(values.get("tau")):
        raise HyperparameterError(
            f"{owner}: the length of a step is {values['tau']!r}, but it sets the clock of the "
            "thermal mass, which is one for the whole parameter set; give one number"
        )


def spread(values: dict[str, Any], structure: Structure) -> tuple[list[dict[str, Any]], list[int]]:
    """Return the different sets of hyperparameters, and which of them each array has."""
    nested = {name: broadcast(value, structure) for name, value in values.items()}
    grouped = {name: own for name, own in nested.items() if own is not None}
    if not grouped:
        return [values], [0] * len(structure.paths)
    rows = list(zip(*grouped.values(), strict=True))
    places = {row: place for place, row in enumerate(dict.fromkeys(rows))}
    sets = [values | dict(zip(grouped, row, strict=True)) for row in places]
    return sets, [places[row] for row in rows]


def _check_array(name: str, value: np.ndarray[Any, Any], owner: str, allowed: Range) -> None:
    if value.dtype.kind not in "fiu":
        raise HyperparameterError(f"{owner}: {name} is an array of {value.dtype}; give numbers")
    low, high = float(np.min(value, initial=np.inf)), float(np.max(value, initial=-np.inf))
    if value.size and not (low in allowed and high in allowed):
        raise HyperparameterError(
            f"{owner}: {name} is an array with numbers from {low:g} to {high:g}; {allowed}"
        )


def _is_rational(value: Any) -> bool:
    from numbers import Rational

    return isinstance(value, Rational)


def _said(value: Any) -> str:
    """Say what came, shortly."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
