"""Two races side by side: how far apart each method ended, and whether the seeds can tell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.engine.row import Row
from benchmarks.report.intervals import apart
from benchmarks.report.summary import Line, summarize

UNTOLD = ("finished", "begun", "command", "notices", "parquet")
"""Facts that differ between any two races, or that are told elsewhere."""

OF_A_PROBLEM = {"problems": "budget of", "targets": "targets of"}
"""In a manifest, each problem has its budget, and its targets."""


@dataclass(frozen=True)
class Pair:
    """One method on one problem, in both races."""

    problem: str
    optimizer: str
    gaps: tuple[float, float]
    """Medians over seeds; infinite where most runs failed."""
    gradients: tuple[float, float]
    """Until the last target that either race reached; infinite where one never did."""
    low: float
    high: float
    """The 95 % interval of log₁₀ of the second gap over the first, over seeds."""
    equal: bool
    """Whether every seed ended at the same gap."""

    @property
    def ratio(self) -> float:
        """log₁₀ of the second gap over the first; below 0 where the second race is better."""
        return log_ratio(*self.gaps)

    @property
    def verdict(self) -> str:
        """`same`, `undecided`, or which race is better: `A` or `B`."""
        if self.equal:
            return "same"
        if self.low <= 0.0 <= self.high or math.isnan(self.low):
            return "undecided"
        return "A" if self.low > 0.0 else "B"


def log_ratio(first: float, second: float) -> float:
    """log₁₀ of the second over the first; infinite where only one failed, NaN where both did."""
    if math.isfinite(first) and math.isfinite(second):
        return math.log10(second) - math.log10(first)
    if math.isfinite(first) or math.isfinite(second):
        return math.inf if math.isfinite(first) else -math.inf
    return math.nan


def pairs(first: Sequence[Row], second: Sequence[Row]) -> list[Pair]:
    """What both races have, in the order of the first one's problems and names."""
    theirs = {(line.problem, line.optimizer): line for line in summarize(second)}
    return [
        _pair(line, theirs[key])
        for line in sorted(summarize(first), key=lambda line: (line.problem, line.optimizer))
        if (key := (line.problem, line.optimizer)) in theirs
    ]


def _pair(ours: Line, theirs: Line) -> Pair:
    paired = ours.seeds == theirs.seeds
    low, high = apart(theirs.gaps, ours.gaps, paired)
    return Pair(
        problem=ours.problem,
        optimizer=ours.optimizer,
        gaps=(ours.gap[1], theirs.gap[1]),
        gradients=_tolls(ours, theirs),
        low=low,
        high=high,
        equal=paired and ours.gaps == theirs.gaps,
    )


def _tolls(ours: Line, theirs: Line) -> tuple[float, float]:
    both = [(a.gradients, b.gradients) for a, b in zip(ours.tolls, theirs.tolls, strict=True)]
    reached = [toll for toll in both if math.isfinite(min(toll))]
    return reached[-1] if reached else (math.inf, math.inf)


def differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """The facts of two manifests that are not the same, by name; empty where one has none."""
    ours, theirs = dict(_flat(first)), dict(_flat(second))
    return {
        name: (ours.get(name, ""), theirs.get(name, ""))
        for name in dict.fromkeys([*ours, *theirs])
        if ours.get(name, "") != theirs.get(name, "")
    }


def _flat(facts: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, value in facts.items():
        if name in UNTOLD:
            continue
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{OF_A_PROBLEM.get(name, name)} ")
        else:
            listed = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            yield f"{above}{name}", listed
