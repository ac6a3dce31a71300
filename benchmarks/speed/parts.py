"""The parts of a run, by the names that `--only` takes."""

from __future__ import annotations

from collections.abc import Callable

from benchmarks.speed import ensemble, gradients, growth, loops, numpy_alone, sets, start, step
from benchmarks.speed.plan import Case, Plan

PARTS: dict[str, Callable[[Plan], list[Case]]] = {
    "step": step.cases,
    "sets": sets.cases,
    "growth": growth.cases,
    "ensemble": ensemble.cases,
    "numpy": numpy_alone.cases,
    "minimize": loops.cases,
    "gradients": gradients.cases,
    "start": start.cases,
}


def cases(plan: Plan) -> list[Case]:
    """Everything that the plan measures, in order."""
    return [case for part in plan.parts for case in PARTS[part](plan)]
