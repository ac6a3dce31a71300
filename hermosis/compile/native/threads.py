"""Threads for large arrays: workers that wait for the next step, awake for a while after each.

No result depends on how many there are, nor on who does what (`sharing`): sums are kept for each
job, and added in their order. A thread that waits runs no Python, so that the others
are free to.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from hermosis.compile.native import engine, sharing
from hermosis.compile.native.crew import APART, ASLEEP, SHARES, words
from hermosis.errors import HyperparameterError

#: The fewest numbers that are shared out among workers that must be woken, and that are awake.
WORTHWHILE, WORTHWHILE_AWAKE = 1 << 18, 1 << 16
#: Seconds between steps that come one after the other.
_SOON = 1e-3

_chosen: list[int] = []


def get_num_threads() -> int:
    """Return how many threads a step on large arrays uses: all cores, unless told otherwise.

    `HERMOSIS_NUM_THREADS` in the environment says it for a process.

    >>> get_num_threads() >= 1
    True
    """
    if not _chosen:
        told = os.environ.get("HERMOSIS_NUM_THREADS", "")
        _chosen[:] = [int(told) if told.isdecimal() and int(told) else _cores()]
    return _chosen[0]


def set_num_threads(count: int) -> None:
    """Set how many threads a step on large arrays uses; results do not depend on it.

    Raises `HyperparameterError` unless it is a whole number of at least one.
    """
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise HyperparameterError(
            f"the number of threads is {count!r}; give a whole number of at least 1"
        )
    _chosen[:] = [count]


def share(work: Callable[[int, int], int], ends: list[int]) -> int:
    """Do `work(first, last)` between neighbouring ends at once; return the largest result."""
    spans = list(zip(ends, ends[1:], strict=False))
    found = [0] * len(spans)

    def run(place: int) -> None:
        found[place] = work(*spans[place])

    others = [threading.Thread(target=run, args=(place,)) for place in range(1, len(spans))]
    for other in others:
        other.start()
    run(0)
    for other in others:
        other.join()
    return max(found)


def ends_of(lengths: NDArray[np.int64], count: int | None = None) -> list[int]:
    """Return where the shares of the threads end, for jobs of these lengths."""
    reached = np.cumsum(lengths)
    numbers = int(reached[-1]) if len(reached) else 0
    if count is None:
        count = max(1, min(get_num_threads(), len(lengths), numbers // WORTHWHILE))
    places = [int(np.searchsorted(reached, numbers * k // count)) + 1 for k in range(1, count)]
    return [0, *(min(place, len(lengths)) for place in places), len(lengths)]


class Crew:
    """Workers that help the first thread of a step, on one step at a time."""

    def __init__(self, size: int) -> None:
        self.words = words(size, together())
        self.address = self.words.ctypes.data
        self.asleep = self.words[SHARES + ASLEEP :: APART]
        self.busy = threading.Lock()
        self.last = 0.0
        for me in range(1, size):
            threading.Thread(target=self._work, args=(me,), daemon=True).start()

    def takes(self, numbers: int) -> bool:
        """Tell whether sharing out work on so many numbers pays; if so, `run` ends it.

        Workers that sleep take a while to wake; they are woken for the next time if steps come
        one after the other.
        """
        if numbers < WORTHWHILE_AWAKE or not self.busy.acquire(blocking=False):
            return False
        if numbers >= WORTHWHILE or not self.asleep.any():
            return True
        now = perf_counter()
        if now - self.last < _SOON:
            _loops().wake(self.address)
        self.last = now
        self.busy.release()
        return False

    def run(self, segment: Callable[[int, int, int], int], task: int) -> int:
        """Do a segment of a step with the help of all."""
        try:
            return segment(together(), self.address, task)
        finally:
            self.busy.release()

    def _work(self, me: int) -> None:
        _loops().serve(self.address, me)  # it stays there


@dataclass(frozen=True)
class _Loops:
    """`serve(crew, me)` is a worker's life, `wake(crew)`; `together` is where phases begin."""

    serve: Callable[[int, int], None]
    wake: Callable[[int], int]
    together: int
    library: engine.Library


@lru_cache(maxsize=1)
def _loops() -> _Loops:
    library = engine.load(sharing.SOURCE)
    word, pointer = ctypes.c_int64, ctypes.c_void_p
    serve = ctypes.CFUNCTYPE(None, pointer, word)(library.address("serve"))
    wake = ctypes.CFUNCTYPE(word, pointer)(library.address("wake"))
    return _Loops(serve, wake, library.address("together"), library)


def together() -> int:
    """Return where the function is by which threads share a phase."""
    return _loops().together


def run(segment: Callable[..., int], task: int, numbers: int) -> int:
    """Do a segment of a step on so many numbers, with the help of threads where that pays."""
    workers = crew()
    if workers is None or not workers.takes(numbers):
        return segment(None, None, task)
    return workers.run(segment, task)


def crew() -> Crew | None:
    """Return the workers of this process; None where one thread does all."""
    return _crew(os.getpid(), get_num_threads())


@lru_cache(maxsize=4)
def _crew(process: int, size: int) -> Crew | None:
    """Return workers of this process; a fork has none of its parent's."""
    return Crew(size) if size > 1 else None


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
