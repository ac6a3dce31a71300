"""How far the run is, on stderr: one line that is written over on a terminal, else a line each."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence

from benchmarks.speed.plan import Case


def shown(cases: Sequence[Case]) -> Iterator[Case]:
    """Pass the cases on, and say which one is measured."""
    begun = time.monotonic()
    terminal = sys.stderr.isatty()
    for count, case in enumerate(cases, 1):
        minutes, seconds = divmod(int(time.monotonic() - begun), 60)
        line = f"{count} of {len(cases)}, {minutes}:{seconds:02d}, {case.label}"
        print(f"\r\x1b[K{line}" if terminal else line, end="" if terminal else "\n",
              file=sys.stderr, flush=True)  # fmt: skip
        yield case
    if terminal:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
