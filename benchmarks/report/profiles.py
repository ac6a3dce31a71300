"""Who is fast on how many problems: performance and data profiles, and a score with its doubt.

A *cost* is what a method spent until a problem's target was reached, infinite where it never was.
Costs stand in an array with a row for each (problem, target) pair and a column for each method.
The page computes the same numbers again for the suite and the methods that a reader chooses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.engine.parameters import Array

WIDEST = 100.0
"""The factor of the best cost from which on a method earns nothing."""
RESAMPLES = 999
LEVEL = 0.95


@dataclass(frozen=True)
class Score:
    """The area under a method's performance profile, with the interval over problems."""

    area: float
    low: float
    high: float
    group: int
    """1 for the best and all who may be as good, 2 for the best of the rest and theirs, ..."""


def ratios(costs: Array) -> Array:
    """Each cost over the least in its row, at least 1; infinite for what was not reached."""
    reached = np.isfinite(costs)
    least = np.min(np.where(reached, costs, np.inf), axis=1, keepdims=True, initial=np.inf)
    out: Array = np.full(costs.shape, np.inf)
    np.divide(costs, least, out=out, where=reached)
    return out


def performance_profile(costs: Array, factors: Sequence[float] | Array) -> Array:
    """For each method (row), the share of pairs solved within each factor of the best method.

    Pairs that nobody solved stay in the denominator. Who takes part matters: a method's ratio is to
    the best of those in `costs`. Dolan & Moré 2002, doi:10.1007/s101070100263.
    """
    return _shares(ratios(costs), factors)


def data_profile(costs: Array, limits: Sequence[float] | Array) -> Array:
    """For each method (row), the share of pairs solved within each limit of cost.

    Give costs in shares of the budget to compare problems of different sizes. It does not depend on
    who else takes part. Moré & Wild 2009, doi:10.1137/080724083.
    """
    return _shares(costs, limits)


def _shares(values: Array, limits: Sequence[float] | Array) -> Array:
    within = values[:, :, None] <= np.asarray(limits, dtype=float)
    within &= np.isfinite(values)[:, :, None]
    shares: Array = within.sum(axis=0) / max(len(values), 1)
    return shares


def credits(costs: Array, widest: float = WIDEST) -> Array:
    """What each method earns for each pair: 1 for the best, falling with log r, 0 from `widest` on.

    The mean of a column is the area under that method's profile over log r from 1 to `widest`.
    """
    earned: Array = np.clip(1.0 - np.log(ratios(costs)) / np.log(widest), 0.0, 1.0)
    return earned


def scores(costs: Array, problems: Sequence[Any], widest: float = WIDEST) -> list[Score]:
    """The score of each method; the pairs of one problem are drawn together for the intervals.

    `problems` says of each row which problem it belongs to. Methods share a group with its best
    where the interval of the difference reaches zero: the problems do not decide between them.
    """
    areas, resampled = _areas(costs, problems, widest)
    low, high = np.quantile(resampled, _tails(), axis=0)
    groups = _groups(areas, resampled)
    return [
        Score(float(area), float(start), float(end), group)
        for area, start, end, group in zip(areas, low, high, groups, strict=True)
    ]


def behind(
    costs: Array, problems: Sequence[Any], leader: int, widest: float = WIDEST
) -> list[tuple[float, float, float]]:
    """How far each method's score is below that of the `leader`, with its 95 % interval.

    Both are taken on the same problems, which are drawn together.
    """
    areas, resampled = _areas(costs, problems, widest)
    low, high = np.quantile(resampled[:, [leader]] - resampled, _tails(), axis=0)
    gaps = areas[leader] - areas
    return [
        (float(gap), float(start), float(end))
        for gap, start, end in zip(gaps, low, high, strict=True)
    ]


def _areas(costs: Array, problems: Sequence[Any], widest: float) -> tuple[Array, Array]:
    """The areas of the methods, and those of each draw of problems, in rows."""
    places = {problem: at for at, problem in enumerate(dict.fromkeys(problems))}
    earned = np.zeros((len(places), costs.shape[1]))
    sizes = np.zeros(len(places))
    for problem, row in zip(problems, credits(costs, widest), strict=True):
        earned[places[problem]] += row
        sizes[places[problem]] += 1.0
    areas = earned.sum(axis=0) / max(sizes.sum(), 1.0)
    drawn = resamples(len(places))
    resampled = earned[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)[:, None]
    return areas, resampled


def _groups(areas: Array, resampled: Array) -> list[int]:
    waiting = sorted(range(len(areas)), key=lambda method: -areas[method])
    groups = [0] * len(areas)
    group = 0
    while waiting:
        group += 1
        behind = resampled[:, waiting[0], None] - resampled[:, waiting]
        tied = np.quantile(behind, _tails()[0], axis=0) <= 0.0
        for method in (m for m, is_tied in zip(waiting, tied, strict=True) if is_tied):
            groups[method] = group
        waiting = [m for m in waiting if not groups[m]]
    return groups


def _tails() -> tuple[float, float]:
    return (1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0


def resamples(size: int, count: int = RESAMPLES) -> Any:
    """`count` draws of `size` places with replacement, as an integer array, always the same.

    A linear congruential generator (Numerical Recipes' ranqd1) of which the script of the page has
    a copy: what it computes anew agrees with these numbers to the last digit.
    """
    state, drawn = 1, np.empty(count * size, dtype=np.intp)
    for place in range(count * size):
        state = (1664525 * state + 1013904223) % 2**32
        drawn[place] = state * size >> 32
    return drawn.reshape(count, size)
