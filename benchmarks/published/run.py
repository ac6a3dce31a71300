"""Tuned and reported on the published start: the final value of each method on each problem."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from benchmarks.engine.cell import PUBLISHED
from benchmarks.engine.plan import Plan
from benchmarks.engine.race import race
from benchmarks.engine.row import Row
from benchmarks.engine.runner import Runner
from benchmarks.problem import Problem
from benchmarks.published.parzen import SECONDS, Parzen

LEAST = -60.0
"""Logarithms below this are those of rounding, or of zero."""

Values = Mapping[tuple[str, str], float]
"""log₁₀ of the final value, by problem and optimizer."""


def final(rows: Sequence[Row]) -> tuple[float, ...]:
    """What the paper's search minimizes: the value at which a run ends, however small."""
    return (max(_final(row) for row in rows),)


def plan_of(problems: Sequence[Problem], spec: str, trials: int, seed: int = 0) -> Plan:
    """The race of one method by the paper's rules: one start to tune on and to report.

    The seed is that of the search.
    """
    return Plan(
        problems, [spec], trials, (PUBLISHED,), (PUBLISHED,), None,
        score=final, search=Parzen(seed=seed), published=True,
    )  # fmt: skip


def seconds_of_search(plans: Sequence[Plan]) -> float:
    """What the searches of the plans take themselves, which is in one process."""
    return sum(SECONDS * plan.trials**2 * len(plan.problems) * len(plan.specs) for plan in plans)


def rows_of(plans: Sequence[Plan], runner: Runner) -> Iterator[Row]:
    """Every run of the plans."""
    for plan in plans:
        yield from race(plan, runner)


def values(rows: Sequence[Row]) -> Values:
    """The reported values; matrix completion is judged by its relative error."""
    return {(row.problem, row.optimizer): _log(row) for row in rows if row.stage == "report"}


def _log(row: Row) -> float:
    value = _final(row)
    if row.problem == "matrix-completion" and math.isfinite(value):
        value = math.inf if row.measure is None else row.measure
    if value == math.inf:
        return math.inf
    return max(math.log10(value), LEAST) if value > 0.0 else LEAST


def _final(row: Row) -> float:
    """The loss at the last gradient; infinite for a run that failed or diverged."""
    return math.inf if row.status != "ok" or row.last_loss is None else row.last_loss
