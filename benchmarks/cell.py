"""One run: a contestant with given hyperparameters on a problem from a seed. The unit of the race.

A cell is plain data, so it travels to any worker and names its own file; executing it never fails:
what goes wrong becomes a row with its status.
"""

from __future__ import annotations

import math
import time
import warnings
from dataclasses import dataclass
from typing import Literal

import numpy as np

from benchmarks.contestants import enlist
from benchmarks.objective import BudgetSpent, Objective
from benchmarks.problem import all_problems

Stage = Literal["tuning", "report"]
Status = Literal["ok", "diverged", "raised"]

HIGHER = 10.0
"""A run that ends at a gap this many times its first one has diverged, finite or not."""

CURVE_POINTS = 120


@dataclass(frozen=True)
class Cell:
    """What to run; `spec` is the contestant's name or `path.py:Class`."""

    problem: str
    spec: str
    stage: Stage
    parameters: tuple[tuple[str, float], ...]
    seed: int
    budget: int


@dataclass(frozen=True)
class Row:
    """What came of it; `gap` is loss − minimum at its best. None stands for what is not finite."""

    problem: str
    contestant: str
    kind: str
    stage: Stage
    parameters: dict[str, float]
    seed: int
    budget: int
    status: Status
    message: str
    gradients: int
    loss: float | None
    last_loss: float | None
    gap: float | None
    measure: float | None
    gradients_to_target: int | None
    own_seconds: float
    problem_seconds: float
    curve: list[float | None]
    """The gap at its best after each number of gradients in `checkpoints(budget)`."""


def checkpoints(budget: int) -> list[int]:
    """The numbers of gradients at which curves are kept: evenly spread, at most about 120."""
    return sorted({round(n) for n in np.linspace(1, budget, min(budget, CURVE_POINTS))})


def execute(cell: Cell) -> Row:
    """Run the cell. Whatever the optimizer raises is kept in the row."""
    problem, contestant = all_problems()[cell.problem], enlist(cell.spec)
    start = problem.start(np.random.default_rng(cell.seed))
    objective = Objective(problem, start, cell.budget)
    chosen = dict(cell.parameters)
    began = time.perf_counter()
    raised = False
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            minimizer = contestant.prepare(chosen, start)
            began = time.perf_counter()
            message = minimizer(objective)
        except BudgetSpent:
            message = "the budget of gradients is spent"
        except Exception as error:  # an optimizer may fail in any way; the row says how
            raised, message = True, f"{type(error).__name__}: {error}"
        own_seconds = time.perf_counter() - began - objective.seconds
        measure = problem.measure(objective.best_w) if objective.values else math.nan
    gaps = [problem.gap(value) for value in objective.best_so_far()]
    return Row(
        problem=cell.problem,
        contestant=contestant.name,
        kind=contestant.kind,
        stage=cell.stage,
        parameters=chosen,
        seed=cell.seed,
        budget=cell.budget,
        status="raised" if raised else "diverged" if _diverged(objective) else "ok",
        message=message,
        gradients=len(objective.values),
        loss=_finite(objective.best),
        last_loss=_finite(objective.values[-1]) if objective.values else None,
        gap=_finite(gaps[-1]) if gaps else None,
        measure=_finite(measure),
        gradients_to_target=next((n for n, g in enumerate(gaps, 1) if g <= problem.target), None),
        own_seconds=own_seconds,
        problem_seconds=objective.seconds,
        curve=_curve(gaps, cell) if cell.stage == "report" and gaps else [],
    )


def _diverged(objective: Objective) -> bool:
    if not objective.values:
        return False
    first, last = objective.values[0], objective.values[-1]
    gap = objective.problem.gap
    return not math.isfinite(last) or gap(last) > HIGHER * gap(first)


def _curve(gaps: list[float], cell: Cell) -> list[float | None]:
    return [_finite(gaps[min(n, len(gaps)) - 1]) for n in checkpoints(cell.budget)]


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
