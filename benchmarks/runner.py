"""Where cells run: here, on all cores through joblib, or on a Dask cluster through the same door.

A finished cell is on disk before it is reported. Local workers write what they finish; a cluster's
workers need not share a disk with anyone, so what they send back is written here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from benchmarks.cell import Cell, execute
from benchmarks.errors import ClusterError
from benchmarks.extras import extra
from benchmarks.row import Row
from benchmarks.store import Store

CLUSTER = 64
"""How many cells at once a cluster is taken to be good for."""


class Finished(NamedTuple):
    """A cell that has run, and why it could not be kept, if it could not."""

    cell: Cell
    row: Row
    unkept: str = ""


@dataclass
class Runner:
    """Runs cells that the store does not have yet."""

    store: Store
    jobs: int = 1
    scheduler: str | None = None
    """The address of a Dask scheduler."""
    warnings: list[str] = field(default_factory=list)
    """What the reader of the results has to know."""

    @property
    def processes(self) -> int:
        """How many cells may run at once."""
        return CLUSTER if self.scheduler else self.jobs

    def run(self, cells: Sequence[Cell], done: dict[Cell, Row]) -> Iterator[Row]:
        """The rows of the cells that are not done yet, in the order they finish; `done` grows."""
        waiting = []
        for cell in dict.fromkeys(cells):
            if cell in done:
                continue
            row = self.store.get(cell)
            if row is None:
                waiting.append(cell)
            else:
                done[cell] = row
                yield row
        for finished in self._finished(waiting):
            done[finished.cell] = finished.row
            self._warn(finished.unkept)
            yield finished.row

    def _finished(self, cells: Sequence[Cell]) -> Iterable[Finished]:
        if not cells:
            return []
        if self.scheduler:
            return self._on_the_cluster(cells)
        return self._in_processes(cells) if self.jobs > 1 else self._here(cells)

    def _here(self, cells: Sequence[Cell]) -> Iterator[Finished]:
        with extra("threadpoolctl").threadpool_limits(1):
            yield from (run_and_keep(cell, self.store) for cell in cells)

    def _in_processes(self, cells: Sequence[Cell]) -> Iterator[Finished]:
        settings = extra("joblib").parallel_config(backend="loky", inner_max_num_threads=1)
        work = (_later(run_and_keep, cell, self.store) for cell in cells)
        yield from _parallel(settings, work, self.jobs)

    def _on_the_cluster(self, cells: Sequence[Cell]) -> Iterator[Finished]:
        extra("distributed")
        try:
            settings = extra("joblib").parallel_config(
                backend="dask", scheduler_host=self.scheduler
            )
        except (OSError, ValueError) as error:
            raise ClusterError(
                f"no Dask scheduler answers at {self.scheduler!r} ({error}); give the address "
                "that 'dask scheduler' prints, such as tcp://192.0.2.1:8786."
            ) from error
        work = (_later(run, cell) for cell in cells)
        for finished in _parallel(settings, work, jobs=-1):
            yield keep(finished.cell, finished.row, self.store)

    def _warn(self, text: str) -> None:
        if text and text not in self.warnings:
            self.warnings.append(text)
            print(text, file=sys.stderr)


def run(cell: Cell) -> Finished:
    """Run one cell."""
    return Finished(cell, execute(cell))


def keep(cell: Cell, row: Row, store: Store) -> Finished:
    """Write the row of a cell; what cannot be written still counts in this race."""
    try:
        store.put(cell, row)
    except OSError as error:
        return Finished(
            cell,
            row,
            f"Finished runs cannot be kept in {store.folder} ({error.strerror}): this race goes "
            "on, but one that is continued will do them again. Free some space, or give another "
            "folder with -o.",
        )
    return Finished(cell, row)


def run_and_keep(cell: Cell, store: Store) -> Finished:
    """Run one cell and write its row: a finished cell is on disk, whatever happens next."""
    return keep(cell, execute(cell), store)


def _later(function: Callable[..., Finished], *arguments: Any) -> Any:
    return extra("joblib").delayed(function)(*arguments)


def _parallel(
    settings: AbstractContextManager[Any], work: Iterable[Any], jobs: int
) -> Iterator[Finished]:
    with settings:
        parallel = extra("joblib").Parallel(n_jobs=jobs, return_as="generator_unordered")
    yield from parallel(work)
