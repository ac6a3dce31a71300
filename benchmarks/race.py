"""The race itself: for each problem, tune in rounds, then report; cells run on all cores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks import tuning
from benchmarks.cell import Cell
from benchmarks.contestants import enlist
from benchmarks.plan import Plan
from benchmarks.problem import Problem
from benchmarks.row import Row, Stage
from benchmarks.runner import Runner

CELLS_AHEAD = 16
"""Cells in a round for each process, below which problems are raced side by side."""


def race(plan: Plan, runner: Runner) -> Iterator[Row]:
    """Every run of the plan, as it finishes; what the store already has is not run again.

    Problems finish one after the other, so that an interrupted race has whole ones to show; on
    many processes several go side by side, so that none waits at the end of a round.
    """
    in_a_round = max(1, len(plan.specs) * plan.trials // len(plan.rounds))
    together = max(1, CELLS_AHEAD * runner.place.at_once // in_a_round)
    for first in range(0, len(plan.problems), together):
        group = plan.problems[first : first + together]
        yield from _race([_Search(plan, p, s) for p in group for s in plan.specs], plan, runner)


def _race(searches: Sequence[_Search], plan: Plan, runner: Runner) -> Iterator[Row]:
    done: dict[Cell, Row] = {}
    for side, trials in tuning.rounds(plan.trials, plan.rounds):
        waiting = [cell for search in searches for cell in search.next_round(side, trials)]
        yield from runner.run(waiting, done)
        for search in searches:
            search.settle(done)
    yield from runner.run([cell for search in searches for cell in search.report()], done)


@dataclass
class _Search:
    """The search for one contestant's hyperparameters on one problem."""

    plan: Plan
    problem: Problem
    spec: str
    best: tuning.Point = ()
    score: tuple[float, ...] = ()
    """Of the best point so far; empty before there is one."""
    trials: dict[tuning.Point, list[Cell]] = field(default_factory=dict)
    """The cells of each point of the round."""

    def next_round(self, side: float, trials: int) -> list[Cell]:
        """The cells of the next round of trials."""
        best = self.best or (0.5,) * len(enlist(self.spec).space)
        self.trials = {
            point: self._cells("tuning", point, self.plan.tuning_seeds)
            for point in tuning.spread(best, side, trials)
        }
        return [cell for cells in self.trials.values() for cell in cells]

    def settle(self, done: Mapping[Cell, Row]) -> None:
        """Choose the best point so far: an earlier one, unless one of the round is better."""
        for point, cells in self.trials.items():
            score = self.plan.score([done[cell] for cell in cells])
            if not self.score or score < self.score:
                self.best, self.score = point, score

    def report(self) -> list[Cell]:
        """The cells at the best point, on seeds that the search has not seen."""
        return self._cells("report", self.best, self.plan.report_seeds)

    def _cells(self, stage: Stage, point: tuning.Point, seeds: Sequence[int]) -> list[Cell]:
        return [self.plan.cell(self.problem, self.spec, stage, point, seed) for seed in seeds]
