"""How long a race will take, said before it starts: a few short runs of each kind, extrapolated."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.engine import cell as cells
from benchmarks.engine.cell import Cell
from benchmarks.engine.contestants import enlist
from benchmarks.engine.extras import extra
from benchmarks.engine.plan import Plan
from benchmarks.engine.row import Row
from benchmarks.problem import Problem

Clock = Callable[[], float]

SHORT = 0.01
"""Seconds that a run is to take which is measured, about."""
LONG, REPEATS = 0.05, 2
"""A run that takes less is repeated so often, and the fastest counts."""
FEWEST, MOST = 3, 50
"""Gradients in a run that is measured."""


def forecast(plans: Sequence[Plan], at_once: int, clock: Clock = time.perf_counter) -> str:
    """How long the races will take together at most, in a sentence."""
    spent = sum(seconds(plan, clock) for plan in plans) / at_once
    processes = "1 process" if at_once == 1 else f"{at_once} processes"
    return (
        f"About {in_words(spent)} on {processes}, {sum(plan.cells for plan in plans):,} runs at "
        "most; finished runs are kept, so you can stop at any time."
    )


def seconds(plan: Plan, clock: Clock = time.perf_counter) -> float:
    """The seconds that all runs of the plan take together, one after the other."""
    with extra("threadpoolctl").threadpool_limits(1):  # as where they will run
        return sum(
            plan.runs(spec) * _Pace.of(plan, problem, spec, clock).seconds(plan.budget_of(problem))
            for problem in plan.problems
            for spec in plan.specs
        )


def in_words(spent: float) -> str:
    """A time as one says it."""
    minutes = round(spent / 60.0)
    if minutes < 1:
        return "half a minute"
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60 // 10 * 10} min"


@dataclass(frozen=True)
class _Pace:
    """What a run takes: before its first gradient, and for each one."""

    start: float
    gradient: float

    def seconds(self, budget: int) -> float:
        return self.start + budget * self.gradient

    @classmethod
    def of(cls, plan: Plan, problem: Problem, spec: str, clock: Clock) -> _Pace:
        """Measure a run of one gradient, and a longer one, after one that lets all compile."""
        middle = (0.5,) * len(enlist(spec).space)
        chosen = plan.cell(problem, spec, "report", middle, plan.report_seeds[0]).parameters

        def timed(budget: int) -> tuple[float, Row]:
            run = Cell(problem.name, spec, "report", chosen, plan.report_seeds[0], budget)
            began = clock()
            row = cells.execute(run)
            return clock() - began, row

        def fastest(budget: int) -> tuple[float, Row]:
            """What a machine with other things to do would take by itself."""
            first = timed(budget)
            again = [timed(budget) for _ in range(REPEATS if first[0] < LONG else 0)]
            return min([first, *again], key=lambda taken: taken[0])

        timed(1)
        start, row = fastest(1)
        fair = SHORT / max(row.own_seconds + row.problem_seconds, 1e-9)
        longer, row = fastest(round(min(max(fair, FEWEST), MOST)))
        return cls(start, max(longer - start, 0.0) / max(row.gradients - 1, 1))
