"""What the page's script reads: the race's numbers, once, small enough for one page.

Medians travel as whole thousandths of their logarithm, quartiles as hundredths above and below
them, and curves as differences: mostly small whole numbers, which compress to about a byte each.
Tables have every digit; of what is drawn three remain, and two of quartiles and trials.
"""

from __future__ import annotations

import base64
import gzip
import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.engine.contestants import enlist
from benchmarks.engine.plan import Plan
from benchmarks.engine.row import checkpoints
from benchmarks.engine.tuning import ranges_of
from benchmarks.problem import Problem
from benchmarks.report.looks import Look
from benchmarks.report.profiles import WIDEST
from benchmarks.report.summary import Line, Toll, of_problem
from benchmarks.report.trials import NEAR, Searches, Trial, near

FINE, COARSE = 1000, 100
"""Steps to a factor of ten."""
DRAWN = 48
"""Trials of a search that the page draws, of those that every race keeps in its results."""


def race_data(
    plan: Plan, lines: Sequence[Line], searches: Searches, looks: Sequence[Look]
) -> dict[str, Any]:
    """Everything that the plots show, as plain data; optimizers are told by their place."""
    places = {look.name: at for at, look in enumerate(looks)}
    return {
        "widest": WIDEST,
        "near": NEAR,
        "optimizers": [vars(look) for look in looks],
        "problems": [
            _problem(problem, plan, its, searches, places)
            for problem in plan.problems
            if (its := of_problem(lines, problem.name))
        ],
    }


def _problem(
    problem: Problem,
    plan: Plan,
    lines: Sequence[Line],
    searches: Searches,
    places: dict[str, int],
) -> dict[str, Any]:
    contestants = {enlist(spec).name: enlist(spec) for spec in plan.specs}
    return {
        "name": problem.name,
        "tags": list(problem.groups),
        "quantity": quantity(problem),
        "noisy": problem.noisy,
        "floor": problem.floor,
        "targets": list(problem.targets),
        "budget": plan.budget_of(problem),
        "checkpoints": _steps(checkpoints(plan.budget_of(problem))),
        "lines": [
            {
                "at": places[line.optimizer],
                "state": line.state,
                "curve": _curve(line),
                "tolls": [toll(each) for each in line.tolls],
                "space": [
                    [name, each.scale]
                    for name, each in ranges_of(contestants[line.optimizer], problem).items()
                ],
                "chosen": list(line.parameters.values()),
                "near": _or_none(near(its := searches.get((problem.name, line.optimizer), ()))),
                "tried": len(its),
                "numbers": _numbers(drawn := thinned(its), len(its)),
                "trials": _trials([its[n] for n in drawn]),
            }
            for line in lines
        ],
    }


def quantity(problem: Problem) -> str:
    """What is shown of a problem: the gap, or the loss itself where the least one is not known."""
    return "loss" if problem.minimum is None else "gap"


def toll(told: Toll) -> list[float | None]:
    """Gradients, steps and seconds; None for what was never reached."""
    costs = [told.gradients, told.steps, float(f"{told.seconds:.4g}")]
    return [cost if math.isfinite(cost) else None for cost in costs]


def _curve(line: Line) -> list[list[int | None]]:
    """How far the lower quartile is below the median, the median, how far the upper is above."""
    below = [_apart(low, middle) for low, middle, _ in line.curve]
    above = [_apart(middle, high) for _, middle, high in line.curve]
    return [_steps(below), _steps(code(middle) for _, middle, _ in line.curve), _steps(above)]


def _apart(low: float, high: float) -> int | None:
    return round(COARSE * math.log10(high / low)) if math.isfinite(high) else None


def thinned(trials: Sequence[Trial], most: int = DRAWN) -> list[int]:
    """The places of the trials that are drawn: about `most`, and each that was the best so far."""
    if len(trials) <= most:
        return list(range(len(trials)))
    kept, best = {round(k * (len(trials) - 1) / (most - 1)) for k in range(most)}, math.inf
    for place, trial in enumerate(trials):
        if trial.gap < best:
            best = trial.gap
            kept.add(place)
    return sorted(kept)


def _numbers(places: Sequence[int], tried: int) -> list[int] | None:
    """Which trials are drawn, counted from 1; None for all of them."""
    return None if len(places) == tried else [place + 1 for place in places]


def _trials(trials: Sequence[Trial]) -> list[list[Any]]:
    """A list for each hyperparameter, and last the gaps."""
    rows = [[float(f"{value:.3g}") for _, value in trial.parameters] for trial in trials]
    columns = [list(column) for column in zip(*rows, strict=True)]
    return [*columns, [code(trial.gap, COARSE) for trial in trials]]


def code(gap: float, steps: int = FINE) -> int | None:
    """A gap as so many parts of its logarithm; None for an infinite one."""
    return round(steps * math.log10(gap)) if math.isfinite(gap) else None


def _or_none(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _steps(values: Iterable[int | None]) -> list[int | None]:
    """Each value less the one before it that is not None."""
    before, steps = 0, []
    for value in values:
        steps.append(None if value is None else value - before)
        before = before if value is None else value
    return steps


def packed(content: str | bytes) -> str:
    """Text for the inside of a script element: compressed, in letters that cannot close it.

    They are those of RFC 1924 with `,` for `<`: five for four bytes, where base64 needs a
    fifteenth more.
    """
    raw = content.encode() if isinstance(content, str) else content
    letters = base64.b85encode(gzip.compress(raw, 9, mtime=0)).decode("ascii")
    return letters.replace("<", ",")


def packed_data(content: dict[str, Any]) -> str:
    """The same for plain data."""
    return packed(json.dumps(content, allow_nan=False, separators=(",", ":")))
