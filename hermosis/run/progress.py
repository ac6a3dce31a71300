"""What long work says on a terminal: a progress line, or what is being done; quiet elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer
from typing import Self

#: Seconds after which work is long.
LONG = 1.0


class Progress:
    """Shows how far a run is, its loss and the time that is left; quiet where no one looks."""

    def __init__(self, steps: int, shown: bool) -> None:
        self.steps, self.shown = steps, shown and sys.stderr.isatty()
        self.begun = self.drawn = time.monotonic()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self.shown:
            print(file=sys.stderr)

    def at(self, step: int, loss: float) -> None:
        """Draw the line for a step, unless it was drawn a moment ago."""
        now = time.monotonic()
        if not self.shown or (now - self.drawn < 0.1 and step < self.steps):
            return
        self.drawn = now
        left = (now - self.begun) / max(step, 1) * (self.steps - step)
        bar = "█" * int(24 * step / max(self.steps, 1))
        line = f"\r{bar:<24} {step}/{self.steps}  loss {loss:.6g}  {left:.0f} s left "
        print(line, end="", file=sys.stderr, flush=True)


@contextmanager
def announced(what: str) -> Iterator[None]:
    """Say what is being done, on a terminal, if it takes long."""
    if not sys.stderr.isatty():
        yield
        return
    timer = Timer(LONG, lambda: print(f"hermosis: {what} ...", file=sys.stderr, flush=True))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
