"""Runs the cells that are not on disk yet, and reports everything that happens on the way."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.engine.cell import Cell
from benchmarks.engine.places import Here, Place
from benchmarks.engine.row import Row
from benchmarks.engine.store import Store


@dataclass
class Runner:
    """Runs cells that the store does not have yet."""

    store: Store
    place: Place = field(default_factory=Here)
    notices: list[str] = field(default_factory=list)
    """What the reader of the results has to know."""

    def run(self, cells: Sequence[Cell], done: dict[Cell, Row]) -> Iterator[Row]:
        """The rows of the cells that are not done yet, in the order they finish; `done` grows."""
        waiting = []
        for cell in dict.fromkeys(cells):
            if cell in done:
                continue
            row = self.store.get(cell, self.notice)
            if row is None:
                waiting.append(cell)
            else:
                done[cell] = row
                yield row
        if not waiting:
            return
        for finished in self.place.run(waiting, self.store):
            done[finished.cell] = finished.row
            self.notice(finished.unkept)
            yield finished.row

    def notice(self, text: str) -> None:
        """Say something once, now and in the report; nothing, for an empty text."""
        if text and text not in self.notices:
            self.notices.append(text)
            print(text, file=sys.stderr)
