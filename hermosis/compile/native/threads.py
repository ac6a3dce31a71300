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
from hermosis.compile.native.crew import APART, ASLEEP, CLOSED, SHARES, free_locks, words
from hermosis.errors import HyperparameterError

#: The fewest numbers that are shared out among workers that must be woken, and that are awake.
WORTHWHILE, WORTHWHILE_AWAKE = 1 << 18, 1 << 16
#: Seconds between steps that come one after the other.
_SOON = 1e-3

_chosen: list[int] = []
_present: list[Crew] = []
_one_at_a_time = threading.Lock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: _renew())


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
    if _present:
        crew()


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
    """Workers that help the first thread of a step, on one step at a time, until they are sent off.

    Raises `RuntimeError` where the system gives no more threads.
    """

    def __init__(self, size: int) -> None:
        self.process, self.size = os.getpid(), size
        self.words = words(size, together())
        self.address = self.words.ctypes.data
        self.asleep = self.words[SHARES + ASLEEP :: APART]
        self.busy = threading.Lock()
        self.last = 0.0
        self.workers: list[threading.Thread] = []
        try:
            for me in range(1, size):
                worker = threading.Thread(target=self._work, args=(me,), daemon=True)
                worker.start()
                self.workers.append(worker)
        except RuntimeError:
            self.close()
            raise

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

    def close(self) -> None:
        """Send the workers off, once the step that they help with is done."""
        self.busy.acquire()  # for ever: a closed crew helps nobody
        self.words[CLOSED] = 1
        _loops().wake(self.address)
        for worker in self.workers:
            worker.join()
        free_locks(self.words)

    def _work(self, me: int) -> None:
        _loops().serve(self.address, me)


@dataclass(frozen=True)
class _Loops:
    """`serve(crew, me)` is a worker's life, `wake(crew)`; `together` is where phases begin."""

    serve: Callable[[int, int], None]
    wake: Callable[[int], int]
    together: int
    library: engine.Library


@lru_cache(maxsize=1)
def _loops() -> _Loops:
    library = engine.load(sharing.write())
    word, pointer = ctypes.c_int64, ctypes.c_void_p
    serve = library.function("serve", None, pointer, word)
    wake = library.function("wake", word, pointer)
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
    present = _present[-1] if _present else None
    if present is None and _size() == 1:
        return None
    if present is not None and (present.size, present.process) == (_size(), os.getpid()):
        return present
    return _changed()


def _changed() -> Crew | None:
    """Take workers of another number; a fork has none of its parent's."""
    with _one_at_a_time:
        size, process = _size(), os.getpid()
        if _present and _present[-1].process != process:
            _present.clear()
        if _present and _present[-1].size != size:
            _present.pop().close()
        if not _present and size > 1:
            try:
                _present.append(Crew(size))
            except RuntimeError:  # the system gives no more threads: one is enough
                _chosen[:] = [1]
        return _present[-1] if _present else None


def _renew() -> None:
    """Forget, in a fork, who may have held the lock."""
    global _one_at_a_time
    _one_at_a_time = threading.Lock()


def _size() -> int:
    return _chosen[0] if _chosen else get_num_threads()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
