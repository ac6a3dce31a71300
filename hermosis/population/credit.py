"""Credit: how much of a result is due to each unit of a population."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import comb
from typing import Any

import numpy as np

from hermosis.errors import HyperparameterError

#: The most units for which all their coalitions are asked.
MOST = 16

#: What units are worth together: `value(present)`, for an array of truth values.
Worth = Callable[[Any], float]


def leave_one_out(value: Worth, units: int) -> Any:
    """Return by how much a result falls without each unit, of shape (units,).

    >>> leave_one_out(lambda present: float(present.sum() ** 2), 3)
    array([5., 5., 5.])
    """
    whole = value(np.ones(units, bool))
    return np.array([whole - value(_without(units, k)) for k in range(units)])


def shapley(
    value: Worth, units: int, orders: int | None = None, random: np.random.Generator | None = None
) -> Any:
    """Return each unit's share of a result: its mean addition over all orders of arrival.

    The shares add up to the whole result (L. Shapley, 1953).

    Parameters
    ----------
    value : what units are worth together.
    units : how many there are; up to 16, unless orders are drawn.
    orders : how many orders are drawn; all of them are counted exactly unless given.
    random : draws them; needed with `orders`.

    Raises `HyperparameterError` for too many units, and for orders that cannot be drawn.

    >>> shapley(lambda present: float(present.sum() ** 2), 3)
    array([3., 3., 3.])
    """
    if orders is None:
        return _exactly(value, units)
    if random is None:
        raise HyperparameterError(
            "orders are drawn by a generator; give random=np.random.default_rng(0)"
        )
    if orders < 1:
        raise HyperparameterError(f"the number of orders is {orders}; draw at least 1")
    found, nobody = np.zeros(units), value(np.zeros(units, bool))
    for _ in range(orders):
        present, before = np.zeros(units, bool), nobody
        for unit in random.permutation(units):
            present[unit] = True
            now = value(present.copy())
            found[unit] += now - before
            before = now
    return found / orders


def _exactly(value: Worth, units: int) -> Any:
    if units > MOST:
        raise HyperparameterError(
            f"{units} units have 2^{units} coalitions; all are asked for up to {MOST} units, so "
            "draw orders instead: shapley(value, units, orders=1000, random=…)"
        )
    found = np.zeros(units)
    worth = {members: value(_of(units, members)) for members in _coalitions(units)}
    for members, own in worth.items():
        if members:
            share = 1 / (units * comb(units - 1, len(members) - 1))
            for unit in members:
                found[unit] += share * (own - worth[tuple(m for m in members if m != unit)])
    return found


def _coalitions(units: int) -> list[tuple[int, ...]]:
    return [members for size in range(units + 1) for members in combinations(range(units), size)]


def _of(units: int, members: tuple[int, ...]) -> Any:
    present = np.zeros(units, bool)
    present[list(members)] = True
    return present


def _without(units: int, unit: int) -> Any:
    present = np.ones(units, bool)
    present[unit] = False
    return present
