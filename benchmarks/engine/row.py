"""What came of one run, as plain data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from benchmarks.engine.objective import Record
from benchmarks.problem import Problem

Stage = Literal["tuning", "report"]
Status = Literal["ok", "diverged", "raised"]

HIGHER = 10.0
"""A run that ends at a gap this many times its first one has diverged, finite or not."""

CURVE_POINTS = 120
LATEST = 5
"""So many of the latest values tell where a run is: a line search tries one or two far away."""
SETTLED = 20
"""The gradients over which the gap of a noisy run is averaged."""


class Arrival(NamedTuple):
    """What had been spent when a gap was reached."""

    gradients: int
    steps: int
    own_seconds: float
    problem_seconds: float


@dataclass(frozen=True)
class Row:
    """One run; `gap` is loss − minimum at its best, or as `gaps_of` has it under noise.

    None stands for what is not finite.
    """

    problem: str
    optimizer: str
    kind: str
    stage: Stage
    parameters: dict[str, float]
    seed: int
    budget: int
    status: Status
    message: str
    gradients: int
    steps: int
    loss: float | None
    last_loss: float | None
    gap: float | None
    measure: float | None
    arrivals: list[Arrival | None]
    """For each of the problem's targets; None where it was not reached."""
    own_seconds: float
    problem_seconds: float
    curve: list[float | None]
    """The gap at its best after each number of gradients in `checkpoints(budget)`."""

    @property
    def gradients_to_target(self) -> int | None:
        """Gradients until the last target, the smallest gap."""
        return self.arrivals[-1].gradients if self.arrivals and self.arrivals[-1] else None


def checkpoints(budget: int) -> list[int]:
    """The numbers of gradients at which curves are kept: evenly spread, at most about 120."""
    return sorted({round(n) for n in np.linspace(1, budget, min(budget, CURVE_POINTS))})


def gaps_of(problem: Problem, record: Record, budget: int) -> list[float]:
    """How far the run had come after each gradient.

    That is the least gap so far; where gradients are noisy, and one lucky point says nothing, the
    mean of the gaps over the latest `SETTLED` gradients. Until there are so many, it is the gap at
    the start, or what is worse. A run that ended early stays where it was.
    """
    gaps = [problem.gap(value) for value in record.values]
    if not problem.noisy:
        return list(accumulate((g if g == g else math.inf for g in gaps), min))
    gaps += gaps[-1:] * (budget - len(gaps))
    width = min(SETTLED, max(len(gaps), 1))
    begun = list(accumulate(gaps[: width - 1], max))
    latest = sliding_window_view(np.array(gaps), width).mean(axis=1) if gaps else ()
    return [*begun, *map(float, latest)]


def arrivals_of(
    problem: Problem, record: Record, gaps: list[float], began: float
) -> list[Arrival | None]:
    """When each of the problem's targets was reached."""
    return [_arrival(record, gaps, target, began) for target in problem.targets]


def _arrival(record: Record, gaps: list[float], target: float, began: float) -> Arrival | None:
    at = next((n for n, gap in enumerate(gaps) if gap <= target), None)
    if at is None:
        return None
    made = min(at, len(record.values) - 1)
    now, problem_seconds = record.clock[made]
    return Arrival(at + 1, record.steps[made], now - began - problem_seconds, problem_seconds)


def has_diverged(problem: Problem, record: Record) -> bool:
    """Whether a run ended in what is not finite, or far above its start."""
    if not record.values:
        return False
    if problem.gap(record.best) <= problem.targets[-1] and not problem.noisy:
        return False  # it had arrived, and a line search went on to try what is far away
    first, *later = record.values
    lowest = min(later[-LATEST:], default=first)
    return not math.isfinite(record.values[-1]) or problem.gap(lowest) > HIGHER * problem.gap(first)


def curve_of(gaps: list[float], budget: int) -> list[float | None]:
    """The gaps at the checkpoints; a run that ended early stays where it was."""
    return [finite(gaps[min(n, len(gaps)) - 1]) for n in checkpoints(budget)] if gaps else []


def finite(value: float) -> float | None:
    """The value, or None for what is not finite."""
    return float(value) if math.isfinite(value) else None
