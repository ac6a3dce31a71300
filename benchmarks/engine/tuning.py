"""The search for hyperparameters: the same number of runs for everyone, whatever they search.

Half of the trials spread evenly over the ranges (a Halton sequence), the rest over smaller and
smaller boxes around the best so far. Nothing is random, and the seeds are not those reported.
Another way to search is another `Search`.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import NamedTuple

from scipy.stats import qmc

from benchmarks.engine.contestant import Contestant
from benchmarks.engine.quantity import Range
from benchmarks.engine.row import Row
from benchmarks.problem import Problem

Point = tuple[float, ...]
"""A place in the unit cube: a share of the way through each range."""

Score = tuple[float, ...]
"""How a point did: the least, in the order of tuples, is the best."""

Asked = Generator[list[Point], Mapping[Point, Score], None]
"""Yields the points of a round, and is sent their scores."""


class Round(NamedTuple):
    """One round of a search."""

    side: float
    """Of the box that is searched, in shares of the ranges."""
    trials: int


class Search(ABC):
    """A way to spend the trials, which asks for them in rounds; the same for everyone."""

    @abstractmethod
    def rounds(self, trials: int) -> list[Round]:
        """The rounds; together `trials`."""

    @abstractmethod
    def words(self, trials: int) -> str:
        """How they are spent, in a sentence."""

    @abstractmethod
    def points(self, dimension: int, trials: int) -> Asked:
        """The points of each round, in a unit cube of so many dimensions; no round is empty."""


@dataclass(frozen=True)
class Narrowing(Search):
    """Points spread evenly over the ranges, and then over smaller boxes around the best so far."""

    shape: tuple[tuple[float, float], ...] = (
        (1.0, 1 / 2),
        (0.3, 1 / 6),
        (0.1, 1 / 6),
        (0.03, 1 / 6),
    )
    """The side of each round's box, in shares of the ranges, and its share of the trials."""

    def rounds(self, trials: int) -> list[Round]:
        """The rounds; together `trials`."""
        spent = accumulate(share for _, share in self.shape)
        ends = [0, *(max(round(trials * share), 1) for share in spent)]
        sides = [side for side, _ in self.shape]
        return [
            Round(side, end - first)
            for side, (first, end) in zip(sides, pairwise(ends), strict=True)
        ]

    def words(self, trials: int) -> str:
        """How they are spent, in a sentence."""
        first, *later = (turn for turn in self.rounds(trials) if turn.trials)
        told = f"{first.trials} of the trials are spread evenly over the ranges (a Halton sequence)"
        if not later:
            return f"{told}."
        sides = ", ".join(f"{turn.side:.0%}" for turn in later)
        return f"{told}, the rest over boxes of {sides} of their sides around the best so far."

    def points(self, dimension: int, trials: int) -> Asked:
        """The points of each round, in a unit cube of so many dimensions."""
        known: dict[Point, Score] = {}
        for side, count in filter(lambda turn: turn.trials, self.rounds(trials)):
            best = min(known, key=lambda point: known[point], default=(0.5,) * dimension)
            known |= yield spread(best, side, count)


def next_points(asked: Asked, scores: Mapping[Point, Score] | None = None) -> list[Point]:
    """The points after those of these scores, the first ones for None; none at the end."""
    try:
        return next(asked) if scores is None else asked.send(scores)
    except StopIteration:
        return []


def spread(best: Point, side: float, trials: int) -> list[Point]:
    """`trials` points spread evenly over a box around `best`, moved inside the unit cube.

    A box that is smaller than the cube leaves its middle out, which is `best`, and has been tried.
    """
    lows = [min(max(share - side / 2, 0.0), 1.0 - side) for share in best]
    sequence = qmc.Halton(len(best), scramble=False)
    sequence.fast_forward(1 if side == 1.0 else 2)
    return [
        tuple(low + side * float(share) for low, share in zip(lows, point, strict=True))
        for point in sequence.random(trials)
    ]


def ranges_of(
    contestant: Contestant, problem: Problem, published: bool = False
) -> dict[str, Range]:
    """Where this contestant is searched on this problem: the same for the same quantity."""
    ranges = {**problem.ranges, **(problem.published_ranges if published else {})}
    space = contestant.space.items()
    return {name: ranges.get(each.name, each.range) for name, each in space}


def parameters_at(ranges: Mapping[str, Range], point: Point) -> tuple[tuple[str, float], ...]:
    """The hyperparameters at a point, by name."""
    return tuple((n, r.at(share)) for (n, r), share in zip(ranges.items(), point, strict=True))


def score(rows: Sequence[Row]) -> Score:
    """What the search minimizes: the worst gap over the tuning seeds, then the latest arrivals."""
    return max(_score(row) for row in rows)


def _score(row: Row) -> Score:
    if row.status != "ok" or row.gap is None:
        return (math.inf,)
    arrivals = [math.inf if a is None else float(a.gradients) for a in row.arrivals]
    return (row.gap, *reversed(arrivals))
