"""The search for hyperparameters: the same number of runs for everyone, whatever they search.

Half of the trials spread evenly over the ranges (a Halton sequence), the rest over smaller and
smaller boxes around the best so far. Nothing is random, and the seeds are not those reported.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from scipy.stats import qmc

from benchmarks.contestant import Contestant
from benchmarks.problem import Problem
from benchmarks.quantity import Range
from benchmarks.row import Row

Point = tuple[float, ...]
"""A place in the unit cube: a share of the way through each range."""

Rounds = Sequence[tuple[float, float]]
"""The side of each round's box, in shares of the ranges, and its share of the trials."""

ROUNDS: Rounds = ((1.0, 1 / 2), (0.3, 1 / 6), (0.1, 1 / 6), (0.03, 1 / 6))
"""For some dozens of trials."""
FINE_ROUNDS: Rounds = ((1.0, 0.4), *((0.3 * 0.45**n, 0.1) for n in range(6)))
"""For hundreds of them: the last box has a side of a 180th."""


def rounds(trials: int, shape: Rounds = ROUNDS) -> list[tuple[float, int]]:
    """The side of the box and the number of trials of each round; together `trials`."""
    ends = [round(trials * sum(share for _, share in shape[:n])) for n in range(len(shape) + 1)]
    return [(side, ends[n + 1] - ends[n]) for n, (side, _) in enumerate(shape)]


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


def score(rows: Sequence[Row]) -> tuple[float, ...]:
    """What the search minimizes: the worst gap over the tuning seeds, then the latest arrivals."""
    return max(_score(row) for row in rows)


def _score(row: Row) -> tuple[float, ...]:
    if row.status != "ok" or row.gap is None:
        return (math.inf,)
    arrivals = [math.inf if a is None else float(a.gradients) for a in row.arrivals]
    return (row.gap, *reversed(arrivals))
