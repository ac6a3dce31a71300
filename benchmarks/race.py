"""The race itself: for each problem, tune in rounds, then report; cells run on all cores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks import tuning
from benchmarks.cell import Cell, Row, Stage, execute
from benchmarks.contestants import enlist
from benchmarks.extras import extra
from benchmarks.problem import Problem
from benchmarks.store import Store

FIRST_TUNING_SEED = 1_000_000
"""Tuning seeds start here, reported seeds at 0: they never meet."""


@dataclass(frozen=True)
class Plan:
    """Who races on what, and how much each may spend."""

    problems: Sequence[Problem]
    specs: Sequence[str]
    seeds: int
    trials: int
    tuning_seeds: int
    budget: int | None
    """Gradients per run; None for each problem's own budget."""

    @property
    def cells(self) -> int:
        """How many runs there are in all."""
        runs = self.trials * self.tuning_seeds + self.seeds
        return len(self.problems) * len(self.specs) * runs

    def budget_of(self, problem: Problem) -> int:
        """Gradients per run on this problem."""
        return self.budget or problem.budget


def race(plan: Plan, store: Store, jobs: int) -> Iterator[Row]:
    """Every run of the plan, as it finishes; what the store already has is not run again."""
    for problem in plan.problems:
        yield from _ProblemRace(plan, problem, store, jobs).rows()


@dataclass(frozen=True)
class _ProblemRace:
    """The passes over one problem: a few of tuning, one to report."""

    plan: Plan
    problem: Problem
    store: Store
    jobs: int

    def rows(self) -> Iterator[Row]:
        best: dict[str, tuning.Point] = {s: (0.5,) * len(enlist(s).space) for s in self.plan.specs}
        points: dict[str, list[tuning.Point]] = {spec: [] for spec in self.plan.specs}
        done: dict[Cell, Row] = {}
        for side, trials in tuning.rounds(self.plan.trials):
            for spec in self.plan.specs:
                points[spec] += tuning.spread(best[spec], side, trials)
            yield from self._run(self._tuning_cells(points), done)
            best = {spec: self._best(spec, points[spec], done) for spec in self.plan.specs}
        yield from self._run(self._report_cells(best), done)

    def _run(self, cells: Sequence[Cell], done: dict[Cell, Row]) -> Iterator[Row]:
        waiting = [cell for cell in cells if cell not in done]
        for cell, row in run_cells(waiting, self.store, self.jobs):
            done[cell] = row
            yield row

    def _best(self, spec: str, points: list[tuning.Point], done: dict[Cell, Row]) -> tuning.Point:
        def score(point: tuning.Point) -> tuple[float, float]:
            return tuning.score([done[cell] for cell in self._trial(spec, point)])

        return min(points, key=score)

    def _tuning_cells(self, points: dict[str, list[tuning.Point]]) -> list[Cell]:
        return [c for spec in points for point in points[spec] for c in self._trial(spec, point)]

    def _trial(self, spec: str, point: tuning.Point) -> list[Cell]:
        seeds = range(FIRST_TUNING_SEED, FIRST_TUNING_SEED + self.plan.tuning_seeds)
        return [self._cell(spec, "tuning", point, seed) for seed in seeds]

    def _report_cells(self, best: dict[str, tuning.Point]) -> list[Cell]:
        seeds = range(self.plan.seeds)
        return [self._cell(spec, "report", best[spec], seed) for spec in best for seed in seeds]

    def _cell(self, spec: str, stage: Stage, point: tuning.Point, seed: int) -> Cell:
        chosen = tuning.parameters_at(enlist(spec).space, point)
        budget = self.plan.budget_of(self.problem)
        return Cell(self.problem.name, spec, stage, chosen, seed, budget)


def run_cells(cells: Sequence[Cell], store: Store, jobs: int) -> Iterator[tuple[Cell, Row]]:
    """The rows of the cells, from the store or by running them, in the order they finish."""
    waiting = []
    for cell in dict.fromkeys(cells):
        row = store.get(cell)
        if row is None:
            waiting.append(cell)
        else:
            yield cell, row
    yield from _in_processes(waiting, store, jobs) if jobs > 1 else _here(waiting, store)


def run_and_keep(cell: Cell, store: Store) -> tuple[Cell, Row]:
    """Run one cell and write its row: a finished cell is on disk, whatever happens next."""
    row = execute(cell)
    store.put(cell, row)
    return cell, row


def _here(cells: Sequence[Cell], store: Store) -> Iterator[tuple[Cell, Row]]:
    with extra("threadpoolctl").threadpool_limits(1):
        yield from (run_and_keep(cell, store) for cell in cells)


def _in_processes(cells: Sequence[Cell], store: Store, jobs: int) -> Iterator[tuple[Cell, Row]]:
    joblib = extra("joblib")
    with joblib.parallel_config(backend="loky", inner_max_num_threads=1):
        parallel = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered")
    yield from parallel(joblib.delayed(run_and_keep)(cell, store) for cell in cells)
