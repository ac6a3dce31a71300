"""joblib's processes, here or on a cluster, such that one which is killed costs only its cells.

What a killed process had been given runs again, one cell at a time; a cell that takes its process
down once more is a failed run like any other, and the rest of the grid goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from benchmarks.engine.cell import Cell, lost
from benchmarks.engine.extras import extra
from benchmarks.engine.row import Row
from benchmarks.engine.store import Store

Later = Callable[[Cell], Any]
"""Makes joblib's delayed call of a cell."""


class Finished(NamedTuple):
    """A cell that has run, and why its row is not on disk, if it is not."""

    cell: Cell
    row: Row
    unkept: str = ""


@dataclass(frozen=True)
class Pool:
    """joblib's back end with these settings; `died` is what it raises for a killed process."""

    settings: Mapping[str, Any]
    jobs: int
    died: type[Exception]

    def run(self, later: Later, cells: Sequence[Cell], store: Store) -> Iterator[Finished]:
        """The cells as they finish."""
        waiting = dict.fromkeys(cells)
        while waiting:
            given: list[Cell] = []
            try:
                for finished in self._parallel(later, list(waiting), given):
                    del waiting[finished.cell]
                    yield finished
            except self.died:
                for cell in given:
                    if cell in waiting:
                        del waiting[cell]
                        yield self._again(later, cell, store)

    def _parallel(
        self, later: Later, cells: Sequence[Cell], given: list[Cell]
    ) -> Iterator[Finished]:
        """The cells as they finish; `given` is told which ones the processes have been given."""

        def work() -> Iterator[Any]:
            for cell in cells:
                given.append(cell)
                yield later(cell)

        joblib = extra("joblib")
        with joblib.parallel_config(**self.settings):
            parallel = joblib.Parallel(n_jobs=self.jobs, return_as="generator_unordered")
        yield from parallel(work())

    def _again(self, later: Later, cell: Cell, store: Store) -> Finished:
        kept = store.get(cell)
        if kept is not None:
            return Finished(cell, kept)
        try:
            (finished,) = self._parallel(later, [cell], [])
        except self.died:
            words = "the process that ran it was killed, twice: it may need more memory"
            notice = f"{cell.spec} on {cell.problem}: {words}; a race continued tries it again."
            return Finished(cell, lost(cell, words), notice)
        return finished


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
            "folder.",
        )
    return Finished(cell, row)
