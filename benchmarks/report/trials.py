"""The search for hyperparameters as it went: each trial in its order, with the gap it ended at."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.engine import tuning
from benchmarks.engine.contestants import enlist
from benchmarks.engine.plan import Plan
from benchmarks.engine.row import Row
from benchmarks.problem import Problem

NEAR = 10.0
"""A trial within this factor of the best gap counts as nearly as good."""


@dataclass(frozen=True)
class Trial:
    """Hyperparameters that were tried, and the worst gap over the tuning seeds."""

    parameters: tuple[tuple[str, float], ...]
    gap: float
    """Infinite where a run failed."""


Searches = dict[tuple[str, str], list[Trial]]
"""By problem and optimizer."""
Tried = dict[tuple[tuple[str, float], ...], list[Row]]


def searches(plan: Plan, rows: Sequence[Row]) -> Searches:
    """The trials of every search in the plan, each as far as its rows go."""
    found: dict[tuple[str, str], Tried] = {}
    for row in rows:
        if row.stage == "tuning":
            tried = found.setdefault((row.problem, row.optimizer), {})
            tried.setdefault(tuple(row.parameters.items()), []).append(row)
    return {
        (problem.name, enlist(spec).name): list(
            _replayed(plan, problem, spec, found.get((problem.name, enlist(spec).name), {}))
        )
        for problem in plan.problems
        for spec in plan.specs
    }


def _replayed(plan: Plan, problem: Problem, spec: str, tried: Tried) -> Iterator[Trial]:
    """The search again, with its results looked up: rows do not say when they were asked for."""
    ranges = plan.ranges_of(spec, problem)
    asked = plan.search.points(len(ranges), plan.trials)
    points = tuning.next_points(asked)
    while points:
        scores = {}
        for point in points:
            parameters = tuning.parameters_at(ranges, point)
            if parameters not in tried:
                return
            scores[point] = plan.score(tried[parameters])
            yield Trial(parameters, _gap(tried[parameters]))
        points = tuning.next_points(asked, scores)


def _gap(rows: Sequence[Row]) -> float:
    return max(r.gap if r.status == "ok" and r.gap is not None else math.inf for r in rows)


def near(trials: Sequence[Trial]) -> float:
    """The share of trials within a factor `NEAR` of the best; NaN where none ended well."""
    best = min((trial.gap for trial in trials), default=math.inf)
    if not math.isfinite(best):
        return math.nan
    return sum(trial.gap <= NEAR * best for trial in trials) / len(trials)
