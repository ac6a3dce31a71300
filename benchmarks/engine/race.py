"""The race itself: for each problem, tune in rounds, then report; cells run on all cores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from benchmarks.engine import tuning
from benchmarks.engine.cell import Cell
from benchmarks.engine.contestants import enlist
from benchmarks.engine.plan import Plan
from benchmarks.engine.row import Row, Stage
from benchmarks.engine.runner import Runner
from benchmarks.problem import Problem

CELLS_AHEAD = 16
"""Cells in a round for each process, below which problems are raced side by side."""


def race(plan: Plan, runner: Runner) -> Iterator[Row]:
    """Every run of the plan, as it finishes; what the store already has is not run again.

    Problems finish one after the other, so that an interrupted race has whole ones to show; on
    many processes several go side by side, so that none waits at the end of a round.
    """
    rounds = len(plan.search.rounds(plan.trials))
    in_a_round = max(1, len(plan.specs) * plan.trials // rounds)
    together = max(1, CELLS_AHEAD * runner.place.at_once // in_a_round)
    for first in range(0, len(plan.problems), together):
        group = plan.problems[first : first + together]
        yield from _race([_Search(plan, p, s) for p in group for s in plan.specs], plan, runner)


def _race(searches: Sequence[_Search], plan: Plan, runner: Runner) -> Iterator[Row]:
    done: dict[Cell, Row] = {}
    while waiting := [cell for search in searches for cell in search.cells]:
        yield from runner.run(waiting, done)
        for search in searches:
            search.settle(done)
    yield from runner.run([cell for search in searches for cell in search.report()], done)


class _Search:
    """The search for one contestant's hyperparameters on one problem."""

    def __init__(self, plan: Plan, problem: Problem, spec: str) -> None:
        self.plan, self.problem, self.spec = plan, problem, spec
        self.asked = plan.search.points(len(enlist(spec).space), plan.trials)
        self.known: dict[tuning.Point, tuning.Score] = {}
        """The points of the finished rounds, in the order of their trials."""
        self.trials = self._trials(tuning.next_points(self.asked))
        """The cells of each point of this round; none when all rounds are finished."""

    @property
    def cells(self) -> list[Cell]:
        """Those of this round."""
        return [cell for cells in self.trials.values() for cell in cells]

    def settle(self, done: Mapping[Cell, Row]) -> None:
        """Score the points of this round, and go on to the next."""
        rows = {point: [done[cell] for cell in cells] for point, cells in self.trials.items()}
        scores = {point: self.plan.score(found) for point, found in rows.items()}
        self.known |= scores
        self.trials = self._trials(tuning.next_points(self.asked, scores))

    def _trials(self, points: Sequence[tuning.Point]) -> dict[tuning.Point, list[Cell]]:
        return {point: self._cells("tuning", point, self.plan.tuning_seeds) for point in points}

    def report(self) -> list[Cell]:
        """The cells at the best point, the first of equals, on seeds the search has not seen."""
        best = min(self.known, key=lambda point: self.known[point])
        return self._cells("report", best, self.plan.report_seeds)

    def _cells(self, stage: Stage, point: tuning.Point, seeds: Sequence[int]) -> list[Cell]:
        return [self.plan.cell(self.problem, self.spec, stage, point, seed) for seed in seeds]
