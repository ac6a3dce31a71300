"""Hyperparameters: a number, a callable of the step number, or one for each branch of a set."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from hermosis.errors import HyperparameterError
from hermosis.run.parameters import Structure, broadcast


def is_grouped(value: Any) -> bool:
    """Tell whether a hyperparameter gives branches of the parameter set their own values."""
    return isinstance(value, Mapping | list | tuple)


def check_number(name: str, value: Any, owner: str) -> None:
    """Refuse a hyperparameter that is negative, not finite, or no number, by name."""
    if callable(value):
        return
    if isinstance(value, Mapping):
        for branch in value.values():
            check_number(name, branch, owner)
        return
    if isinstance(value, list | tuple):
        for branch in value:
            check_number(name, branch, owner)
        return
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise HyperparameterError(
            f"{owner}: {name} is {value!r}, not a number; give a non-negative number, or a "
            "callable of the step number that returns one"
        ) from error
    if not (math.isfinite(number) and number >= 0):
        raise HyperparameterError(
            f"{owner}: {name} is {value!r}; it must be finite and not negative"
        )


def number_at(step: int, value: Any, name: str, owner: str) -> Any:
    """Return a hyperparameter at a step as a float, or as nested floats for groups.

    Raises `HyperparameterError` for what is negative, not finite, or no number.
    """
    if callable(value):
        value = value(step)
    if isinstance(value, Mapping):
        return {key: number_at(step, branch, name, owner) for key, branch in value.items()}
    if isinstance(value, list | tuple):
        return [number_at(step, branch, name, owner) for branch in value]
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not (math.isfinite(number) and number >= 0):
        raise HyperparameterError(
            f"{owner}: {name} came out as {value!r} at this step; it must be finite and not "
            "negative; nothing was changed"
        )
    return number


def check_one_clock(values: Mapping[str, Any], owner: str) -> None:
    """Refuse steps of several lengths where the thermal mass depends on the time."""
    if is_grouped(values.get("tau")):
        raise HyperparameterError(
            f"{owner}: the length of a step is {values['tau']!r}, but it sets the clock of the "
            "thermal mass, which is one for the whole parameter set; give one number"
        )


def spread(values: dict[str, Any], structure: Structure) -> list[dict[str, Any]]:
    """Give each array its hyperparameters; the same dictionary unless there are groups."""
    count = len(structure.paths)
    nested = {name: broadcast(value, structure) for name, value in values.items()}
    grouped = {name: own for name, own in nested.items() if own is not None}
    if not grouped:
        return [values] * count
    return [values | {name: own[i] for name, own in grouped.items()} for i in range(count)]
