"""Where cells run: in this process, or in several on this machine. A cluster is one more place."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import final

from benchmarks.engine.cell import Cell, execute
from benchmarks.engine.extras import extra
from benchmarks.engine.pool import Finished, Pool, keep
from benchmarks.engine.store import Store, key
from benchmarks.errors import CodeChanged

IDLE = 60
"""Seconds after which a process without work ends; half a minute later, if its race was killed."""


class Place(ABC):
    """Runs cells in any order; used as a context, so that what it started ends with it."""

    @property
    @abstractmethod
    def at_once(self) -> int:
        """How many cells run at a time."""

    @abstractmethod
    def run(self, cells: Sequence[Cell], store: Store) -> Iterator[Finished]:
        """Run the cells; each is on disk before it is handed over, if the disk takes it."""

    @abstractmethod
    def close(self) -> None:
        """End what was started."""

    def __enter__(self) -> Place:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@final
class Here(Place):
    """The process that asks."""

    @property
    def at_once(self) -> int:
        return 1

    def run(self, cells: Sequence[Cell], store: Store) -> Iterator[Finished]:
        with extra("threadpoolctl").threadpool_limits(1):
            yield from (run_and_keep(cell, store) for cell in cells)

    def close(self) -> None:
        """Nothing was started."""


@final
class Processes(Place):
    """So many processes on this machine, each with one thread."""

    def __init__(self, jobs: int) -> None:
        joblib = extra("joblib")
        loky = extra("joblib.externals.loky.process_executor")
        settings = {"backend": "loky", "inner_max_num_threads": 1, "idle_worker_timeout": IDLE}
        self._later = joblib.delayed(run_as_named)
        self._jobs = jobs
        self._pool = Pool(settings, jobs, loky.TerminatedWorkerError)

    @property
    def at_once(self) -> int:
        return self._jobs

    def run(self, cells: Sequence[Cell], store: Store) -> Iterator[Finished]:
        return self._pool.run(lambda cell: self._later(cell, key(cell), store), cells, store)

    def close(self) -> None:
        """Joblib ends its processes with this one."""


def cores() -> int:
    """How many processes run at once on what this one may use of the machine."""
    return int(extra("joblib").cpu_count())


def run_as_named(cell: Cell, name: str, store: Store) -> Finished:
    """Run and keep one cell; raises `CodeChanged` where its result would have another name."""
    if key(cell) != name:
        raise CodeChanged(
            f"the code for {cell.spec} on {cell.problem} was changed while it was raced; run the "
            "same command again: what finished before is kept, and done again if the change "
            "concerns it."
        )
    return run_and_keep(cell, store)


def run_and_keep(cell: Cell, store: Store) -> Finished:
    """Run one cell and write its row: a finished cell is on disk, whatever happens next."""
    return keep(cell, execute(cell), store)
