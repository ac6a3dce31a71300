"""An end for what would never end: an optimizer that goes on and asks for no more gradients."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

LONGEST = 300.0
"""Seconds without a gradient, from which on a run is given up."""


class NoEnd(Exception):
    """A run came no further; the message says for how long."""


@contextmanager
def patience(count: Callable[[], int]) -> Iterator[None]:
    """Raise `NoEnd` inside as soon as `count()` has not grown for `LONGEST` seconds or twice that.

    It is looked at now and then, by a timer of the system, and costs a run nothing. Where there is
    no such timer (on Windows, and on threads beside the main one) nothing is given up.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not (is_main and hasattr(signal, "setitimer")):
        yield
        return
    seen = count()

    def look(number: int, frame: FrameType | None) -> None:
        nonlocal seen
        if count() == seen:
            raise NoEnd(f"no gradient was asked for in {LONGEST:g} s, and the run was given up")
        seen = count()

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, LONGEST, LONGEST)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
