"""One run: an optimizer with given hyperparameters on a problem from a seed. The unit of the race.

A cell is plain data, so it travels to any worker and names its own file; executing it never fails:
what goes wrong becomes a row with its status.
"""

from __future__ import annotations

import math
import time
import warnings
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from benchmarks.engine.contestants import enlist
from benchmarks.engine.objective import BudgetSpent, Objective, Record
from benchmarks.engine.parameters import Parameters, copy
from benchmarks.engine.patience import patience
from benchmarks.engine.row import (
    Row,
    Stage,
    arrivals_of,
    curve_of,
    finite,
    gaps_of,
    has_diverged,
)  # fmt: skip
from benchmarks.problem import Problem, all_problems

LONGEST_MESSAGE = 2000
PUBLISHED = -1
"""The seed that stands for a problem's published start."""


@dataclass(frozen=True)
class Cell:
    """What to run; `spec` is the contestant's name or `path.py:Class`."""

    problem: str
    spec: str
    stage: Stage
    parameters: tuple[tuple[str, float], ...]
    seed: int
    budget: int


def execute(cell: Cell) -> Row:
    """Run the cell. Whatever the optimizer raises is kept in the row."""
    contestant = enlist(cell.spec)
    problem, drawn_start = instance(cell.problem, cell.seed)
    start = copy(drawn_start)
    record = Record(start)
    objective = Objective(problem, record, cell.budget, cell.seed)
    began = time.perf_counter()
    raised = False
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            with patience(lambda: len(record.values)):
                minimizer = contestant.prepare(dict(cell.parameters), start)
                began = time.perf_counter()
                message = minimizer(objective)
        except BudgetSpent:
            message = "the budget of gradients is spent"
        except (Exception, SystemExit) as error:  # it may fail in any way; the row says how
            raised, message = True, f"{type(error).__name__}: {error}"
        own_seconds = time.perf_counter() - began - record.seconds
        found = record.last_w if _judged_at_its_end(cell, problem) else record.best_w
        measure = problem.measure(problem, found) if record.values else math.nan
        gaps = gaps_of(problem, record, cell.budget)
    return Row(
        **_asked(cell),
        status="raised" if raised else "diverged" if has_diverged(problem, record) else "ok",
        message=_words(message),
        gradients=len(record.values),
        steps=record.steps[-1] if record.steps else 0,
        loss=finite(gaps[-1] + (problem.minimum or 0.0) if problem.noisy and gaps else record.best),
        last_loss=finite(record.values[-1]) if record.values else None,
        gap=finite(gaps[-1]) if gaps else None,
        measure=finite(measure),
        arrivals=arrivals_of(problem, record, gaps, began),
        own_seconds=own_seconds,
        problem_seconds=record.seconds,
        curve=curve_of(gaps, cell.budget) if cell.stage == "report" else [],
    )


def _judged_at_its_end(cell: Cell, problem: Problem) -> bool:
    """Whether a run's measure is that of its last point: under noise the best one is luck."""
    return problem.noisy or cell.seed == PUBLISHED


def _asked(cell: Cell) -> dict[str, Any]:
    """What of a row is known before the run."""
    contestant = enlist(cell.spec)
    return {
        "problem": cell.problem,
        "optimizer": contestant.name,
        "kind": contestant.kind,
        "stage": cell.stage,
        "parameters": dict(cell.parameters),
        "seed": cell.seed,
        "budget": cell.budget,
    }


def lost(cell: Cell, message: str) -> Row:
    """The row of a cell that could not be run to its end, nor tell how far it came."""
    return Row(
        **_asked(cell),
        status="raised",
        message=message,
        gradients=0,
        steps=0,
        loss=None,
        last_loss=None,
        gap=None,
        measure=None,
        arrivals=[None for _ in all_problems()[cell.problem].targets],
        own_seconds=0.0,
        problem_seconds=0.0,
        curve=[],
    )


def _words(message: str) -> str:
    """A message that any file can hold: of bounded length, and all of it text."""
    return message[:LONGEST_MESSAGE].encode(errors="backslashreplace").decode()


@lru_cache(maxsize=64)
def instance(name: str, seed: int) -> tuple[Problem, Parameters]:
    """The problem as a seed draws it, with its start."""
    if seed == PUBLISHED:
        problem = all_problems()[name]
        problem = problem.drawn(np.random.default_rng(problem.published_seed))
        return problem, problem.published()
    rng = np.random.default_rng(seed)
    problem = all_problems()[name].drawn(rng)
    return problem, problem.start(rng)
