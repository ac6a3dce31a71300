"""A race that nobody ran: as many problems, methods and trials as a page has to bear."""

from __future__ import annotations

import copy
import math

import numpy as np

from benchmarks.engine.contestants import enlist, the_field
from benchmarks.engine.plan import FIRST_TUNING_SEED, Plan, seeds
from benchmarks.engine.row import checkpoints
from benchmarks.engine.tuning import parameters_at, ranges_of
from benchmarks.problem import all_problems
from benchmarks.report.card import card
from benchmarks.report.looks import looks
from benchmarks.report.page import page
from benchmarks.report.summary import Line, Toll
from benchmarks.report.trials import Trial

FACTS = {
    "command": "python -m benchmarks all",
    "finished": "2026-01-01T00:00:00+00:00",
    "commit": "",
    "versions": {"python": "3.11"},
    "machine": {"processor": "one", "cores": 2, "system": "Linux"},
    "seeds": [0, 1, 2],
    "tuning_seeds": [FIRST_TUNING_SEED],
}


def big_plan(problems=45, methods=13, trials=18):
    every = list(all_problems().values())
    chosen = []
    for number in range(problems):
        problem = copy.copy(every[number % len(every)])
        problem.name = f"{problem.name}-{number}"
        chosen.append(problem)
    specs = [*the_field(), "scipy:CG", "scipy:BFGS", "scipy:TNC"][:methods]
    return Plan(chosen, specs, trials, seeds(1, FIRST_TUNING_SEED), seeds(3), budget=None)


def lines_of(plan, rng):
    """Curves that fall in steps of chance, and some that fail."""
    return [_line(plan, problem, spec, rng) for problem in plan.problems for spec in plan.specs]


def _line(plan, problem, spec, rng):
    counts = checkpoints(plan.budget_of(problem))
    falls = np.cumsum(rng.exponential(1.0, len(counts)) ** 2) * rng.uniform(0.0, 0.15)
    middle = np.maximum(10.0 ** (2.0 - falls), problem.floor)
    spread = np.abs(np.cumsum(rng.normal(0.0, 0.03, (2, len(counts))), axis=1))
    low, high = np.maximum(middle * 10.0 ** -spread[0], problem.floor), middle * 10.0 ** spread[1]
    if rng.random() < 0.1:
        low, middle, high = (np.full(len(counts), math.inf) for _ in range(3))
    reached = [np.flatnonzero(middle <= target) for target in problem.targets]
    tolls = [
        Toll(counts[at[0]], counts[at[0]], counts[at[0]] * rng.uniform(1e-5, 1e-3))
        if len(at)
        else Toll(math.inf, math.inf, math.inf)
        for at in reached
    ]
    failed = not math.isfinite(middle[-1])
    return Line(
        problem=problem.name,
        optimizer=enlist(spec).name,
        kind=enlist(spec).kind,
        parameters=dict(_parameters(problem, spec, rng)),
        runs=3,
        diverged=2 * failed,
        raised=0,
        message="the budget of gradients is spent" if failed else "",
        gap=(float(low[-1]), float(middle[-1]), float(high[-1])),
        gaps=(float(low[-1]), float(middle[-1]), float(high[-1])),
        seeds=(0, 1, 2),
        measure=float(rng.random()),
        tolls=tuple(tolls),
        own_microseconds=float(rng.uniform(10, 500)),
        curve=[tuple(map(float, at)) for at in zip(low, middle, high, strict=True)],
        leads=bool(rng.random() < 0.2),
    )


def _parameters(problem, spec, rng):
    ranges = ranges_of(enlist(spec), problem)
    return parameters_at(ranges, tuple(rng.random(len(ranges))))


def searches_of(plan, rng):
    return {
        (problem.name, enlist(spec).name): [
            Trial(
                _parameters(problem, spec, rng),
                math.inf if rng.random() < 0.1 else float(10.0 ** rng.uniform(-12, 3)),
            )
            for _ in range(plan.trials)
        ]
        for problem in plan.problems
        for spec in plan.specs
    }


def big_page(**sizes):
    """The plan, its lines, and the page of them."""
    rng = np.random.default_rng(0)
    plan = big_plan(**sizes)
    lines, searches = lines_of(plan, rng), searches_of(plan, rng)
    contestants = [enlist(spec) for spec in plan.specs]
    cards = [
        card(each, {name: its.range.at(0.5) for name, its in each.space.items()})
        for each in contestants
    ]
    return plan, lines, page(plan, lines, searches, looks(contestants), cards, FACTS)
