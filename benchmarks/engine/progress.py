"""How far the race is: a bar on a terminal, a line now and then in a log. Always on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from benchmarks.engine.extras import extra
from benchmarks.engine.row import Row

LINES = 10


def shown(rows: Iterable[Row], total: int) -> Iterator[Row]:
    """Pass the rows on, and show how many of `total` have come."""
    return _bar(rows, total) if sys.stderr.isatty() else _lines(rows, total)


def _bar(rows: Iterable[Row], total: int) -> Iterator[Row]:
    with extra("tqdm").tqdm(total=total, unit="run", file=sys.stderr, dynamic_ncols=True) as bar:
        for row in rows:
            bar.set_description(row.problem, refresh=False)
            bar.update()
            yield row
        bar.total = bar.n


def _lines(rows: Iterable[Row], total: int) -> Iterator[Row]:
    every = max(1, total // LINES)
    for count, row in enumerate(rows, 1):
        if count % every == 0:
            print(f"{count} of {total} runs, at {row.problem}", file=sys.stderr, flush=True)
        yield row
