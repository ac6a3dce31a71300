"""What is to be raced: who, on what, and how much each may spend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.engine import tuning
from benchmarks.engine.cell import Cell
from benchmarks.engine.contestants import enlist
from benchmarks.engine.quantity import Range
from benchmarks.engine.row import Row, Stage
from benchmarks.problem import Problem

FIRST_TUNING_SEED = 1_000_000
"""Tuning seeds start here, reported seeds at 0: they never meet."""


@dataclass(frozen=True)
class Plan:
    """Who races on what, and how much each may spend."""

    problems: Sequence[Problem]
    specs: Sequence[str]
    trials: int
    tuning_seeds: Sequence[int]
    report_seeds: Sequence[int]
    budget: int | None
    """Gradients per run; None for each problem's own budget, the quick one if `quick`."""
    quick: bool = False
    score: Callable[[Sequence[Row]], tuning.Score] = tuning.score
    """What a search minimizes, of the rows of a trial."""
    search: tuning.Search = tuning.Narrowing()
    """How the trials are spent."""
    published: bool = False
    """Whether to search where the papers of the problems did."""

    @property
    def cells(self) -> int:
        """How many runs there are in all, at most: one that is asked for twice is run once."""
        return len(self.problems) * sum(map(self.runs, self.specs))

    def runs(self, spec: str) -> int:
        """How many runs this contestant has on each problem, at most."""
        trials = self.trials if enlist(spec).space else 1
        return trials * len(self.tuning_seeds) + len(self.report_seeds)

    def ranges_of(self, spec: str, problem: Problem) -> dict[str, Range]:
        """Where this contestant is searched on this problem."""
        return tuning.ranges_of(enlist(spec), problem, self.published)

    def budget_of(self, problem: Problem) -> int:
        """Gradients per run on this problem."""
        if self.budget is not None:
            return self.budget
        return min(problem.quick_budget, problem.budget) if self.quick else problem.budget

    def cell(
        self, problem: Problem, spec: str, stage: Stage, point: tuning.Point, seed: int
    ) -> Cell:
        """One run, at a point of the search space."""
        chosen = tuning.parameters_at(self.ranges_of(spec, problem), point)
        return Cell(problem.name, spec, stage, chosen, seed, self.budget_of(problem))


def seeds(count: int, first: int = 0) -> tuple[int, ...]:
    """So many seeds."""
    return tuple(range(first, first + count))
