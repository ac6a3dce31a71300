"""Many seeds in one line: medians and quartiles, and who leads as far as the data can tell."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from benchmarks.engine.row import Arrival, Row
from benchmarks.problem import Problem, all_problems
from benchmarks.report.intervals import may_lead, middle

Quartiles = tuple[float, float, float]
"""The 25 %, 50 % and 75 % points; infinite where that many runs failed or never arrived."""


class Toll(NamedTuple):
    """What the median run had spent when it reached a target; infinite if it never did."""

    gradients: float
    steps: float
    seconds: float
    """Of the optimizer and the problem together."""


@dataclass(frozen=True)
class Line:
    """One optimizer on one problem, over the reported seeds."""

    problem: str
    optimizer: str
    kind: str
    parameters: dict[str, float]
    runs: int
    diverged: int
    raised: int
    message: str
    """What the first failed run said, if any failed."""
    gap: Quartiles
    gaps: tuple[float, ...]
    """Of each seed, in their order."""
    seeds: tuple[int, ...]
    measure: float
    tolls: tuple[Toll, ...]
    """For each of the problem's targets."""
    own_microseconds: float
    """The optimizer's own time for one gradient, the problem's time taken out."""
    curve: list[Quartiles]
    leads: bool = False
    """Whether the data leave it open that this one is the best: see `intervals`."""

    @property
    def state(self) -> str:
        """In words, what became of the runs that failed; empty when none did."""
        counts = ((self.diverged, "diverged"), (self.raised, "raised"))
        return ", ".join(f"{n} of {self.runs} {word}" for n, word in counts if n)


def summarize(rows: Sequence[Row]) -> list[Line]:
    """A line for each optimizer on each problem, best median first; tuning runs are left out."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        if row.stage == "report":
            groups.setdefault((row.problem, row.optimizer), []).append(row)
    by_problem: dict[str, list[Line]] = {}
    for (problem, _), group in groups.items():
        group.sort(key=lambda row: row.seed)
        by_problem.setdefault(problem, []).append(_line(group))
    return [line for lines in by_problem.values() for line in _ranked(lines)]


def whole_problems(lines: Sequence[Line], names: Collection[str]) -> tuple[list[Line], list[str]]:
    """The lines of problems on which all of `names` have finished, and the other problems.

    To count a run that was not made as a failed one would be unfair to it. Where no problem is
    whole, all lines stay.
    """
    groups = {line.problem: of_problem(lines, line.problem) for line in lines}
    partial = [
        problem
        for problem, group in groups.items()
        if len(group) < len(names) or len({line.runs for line in group}) > 1
    ]
    if len(partial) == len(groups):
        return list(lines), []
    return [line for line in lines if line.problem not in partial], partial


def _ranked(lines: list[Line]) -> list[Line]:
    ranked = sorted(lines, key=lambda line: (line.gap[1], [t.gradients for t in line.tolls[::-1]]))
    best = ranked[0]
    return [
        replace(line, leads=may_lead(line.gaps, best.gaps, paired=line.seeds == best.seeds))
        for line in ranked
    ]


def _line(rows: list[Row]) -> Line:
    first = rows[0]
    failed = [row for row in rows if row.status != "ok"]
    gaps = tuple(_if_ok(row, row.gap) for row in rows)
    return Line(
        problem=first.problem,
        optimizer=first.optimizer,
        kind=first.kind,
        parameters=first.parameters,
        runs=len(rows),
        diverged=sum(row.status == "diverged" for row in rows),
        raised=sum(row.status == "raised" for row in rows),
        message=failed[0].message if failed else "",
        gap=_quartiles(gaps),
        gaps=gaps,
        seeds=tuple(row.seed for row in rows),
        measure=_measure(rows),
        tolls=tuple(_toll(rows, n) for n in range(max(len(row.arrivals) for row in rows))),
        own_microseconds=float(
            middle([1e6 * row.own_seconds / max(row.gradients, 1) for row in rows])
        ),
        curve=_curve(rows),
    )


def _toll(rows: list[Row], target: int) -> Toll:
    """The median of each expense; it is that of one run, so the three need not belong together."""
    never = Arrival(math.inf, math.inf, math.inf, 0.0)  # type: ignore[arg-type]
    reached = [(row.arrivals[target] if row.status == "ok" else None) or never for row in rows]
    return Toll(
        _quartiles([a.gradients for a in reached])[1],
        _quartiles([a.steps for a in reached])[1],
        _quartiles([a.own_seconds + a.problem_seconds for a in reached])[1],
    )


def _curve(rows: list[Row]) -> list[Quartiles]:
    length = max(len(row.curve) for row in rows)
    padded = [row.curve or [None] * length for row in rows]
    return [
        _quartiles([_if_ok(row, gap) for row, gap in zip(rows, at, strict=True)])
        for at in zip(*padded, strict=True)
    ]


def _if_ok(row: Row, value: float | None) -> float:
    """The value; infinite for a failed run or a missing value, so that none is ever dropped."""
    return value if row.status == "ok" and value is not None else math.inf


def _quartiles(values: Sequence[float]) -> Quartiles:
    low, high = np.quantile(values, (0.25, 0.75), method="nearest")
    return float(low), float(middle(values)), float(high)


def _measure(rows: Sequence[Row]) -> float:
    """Over all seeds: a run that failed, or found nothing to measure, counts as the worst."""
    problem = all_problems().get(rows[0].problem)
    shared = problem is not None and problem.measure.average == "mean"
    sign = -1.0 if problem is not None and problem.measure.better == "higher" else 1.0
    worst = 0.0 if shared else sign * math.inf
    found = [worst if row.status != "ok" or row.measure is None else row.measure for row in rows]
    return float(np.mean(found)) if shared else sign * float(middle([sign * x for x in found]))


def of_problem(lines: Sequence[Line], problem: str) -> list[Line]:
    """The lines of one problem, in their order."""
    return [line for line in lines if line.problem == problem]


def gap_text(problem: Problem, value: float) -> str:
    """A gap for a table: no more is claimed of it than that it is below the floor."""
    return f"≤ {problem.floor:g}" if value <= problem.floor else number(value)


def number(value: float) -> str:
    """A number for a table: three digits, short, and a dash for none."""
    return f"{value:.3g}" if math.isfinite(value) else "–"


def whole(value: float) -> str:
    """A count for a table, and a dash for none."""
    return f"{value:.0f}" if math.isfinite(value) else "–"


def signed(value: float) -> str:
    """A difference of logarithms with its sign, and a dash for none."""
    if math.isnan(value):
        return "–"
    return f"{value:+.2f}" if math.isfinite(value) else "+∞" if value > 0.0 else "−∞"
