"""Threads for large arrays: workers that wait for the next step, awake for a while after each.

No result depends on how many there are: sums are kept for each job, and added in their order. A
thread that waits runs no Python, so that the others are free to.
"""

from __future__ import annotations

import ctypes
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from queue import SimpleQueue
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from hermosis.errors import HyperparameterError
from hermosis.native import engine
from hermosis.native.whole import ANSWER, BASE, SAME

#: How often a worker looks for work before it sleeps: for about half a millisecond.
PATIENCE = 1 << 18
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
    """Workers that do the same function on one task, each its share, and wait for each other."""

    def __init__(self, size: int) -> None:
        self.size = size
        #: How many tasks there were, and the function and the address of the last one.
        self.words = np.zeros(3, dtype=np.int64)
        #: One task at a time; its memory stays, since the last worker to be done looks at it.
        self.task = np.zeros(64 + size, dtype=np.int64)
        self.words_address, self.task_address = self.words.ctypes.data, self.task.ctypes.data
        self.post = _loops().post
        self.busy = threading.Lock()
        self.asleep = [False] * size
        self.calls: list[SimpleQueue[None]] = [SimpleQueue() for _ in range(size)]
        self.last = 0.0
        for me in range(1, size):
            threading.Thread(target=self._work, args=(me,), daemon=True).start()

    def takes(self, numbers: int) -> bool:
        """Tell whether sharing out work on so many numbers pays; if so, `done` ends it.

        Workers that sleep take a while to wake; they are woken for the next time if steps come
        one after the other.
        """
        if numbers < WORTHWHILE_AWAKE or not self.busy.acquire(blocking=False):
            return False
        if numbers >= WORTHWHILE or not any(self.asleep):
            return True
        now = perf_counter()
        if now - self.last < _SOON:
            self._wake()
        self.last = now
        self.busy.release()
        return False

    def run(self, task: NDArray[np.int64], function: int, own: Callable[[int, int], int]) -> int:
        """Let all do the function at an address on a task; return what the first found.

        The counter of waits goes on from the last task, since a late worker may still look at it.
        """
        try:
            self.task[SAME : len(task)] = task[SAME:]
            self.post(self.words_address, function, self.task_address)
            self._wake()
            return own(self.task_address, 0)
        finally:
            self.busy.release()

    def _wake(self) -> None:
        for me in range(1, self.size):
            if self.asleep[me]:
                self.asleep[me] = False
                self.calls[me].put(None)

    def _work(self, me: int) -> None:
        seen, words, serve = 0, self.words_address, _loops().serve
        while True:
            seen = serve(words, seen, me)
            self.asleep[me] = True
            if int(self.words[0]) == seen:
                self.calls[me].get()
            self.asleep[me] = False


@dataclass(frozen=True)
class _Loops:
    """`serve(words, seen, me)` looks for a task and does it; `post(words, function, task)`."""

    serve: Callable[[int, int, int], int]
    post: Callable[[int, int, int], int]
    library: engine.Library


@lru_cache(maxsize=1)
def _loops() -> _Loops:
    library = engine.load(_SOURCE)
    word = ctypes.c_int64
    kind = ctypes.CFUNCTYPE(word, ctypes.c_void_p, word, word)
    return _Loops(kind(library.address("serve")), kind(library.address("post")), library)


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


#: Look for another task for a while and do it, again and again; return how many there were.
_SOURCE = f"""
define i64 @post(ptr %words, i64 %function, i64 %task) nounwind {{
  %function.at = getelementptr i64, ptr %words, i64 1
  store i64 %function, ptr %function.at
  %task.at = getelementptr i64, ptr %words, i64 2
  store i64 %task, ptr %task.at
  %to = inttoptr i64 %task to ptr
  %counter = load atomic i64, ptr %to acquire, align 8
  %base.at = getelementptr i64, ptr %to, i64 {BASE}
  store i64 %counter, ptr %base.at
  %answer.at = getelementptr i64, ptr %to, i64 {ANSWER}
  store i64 0, ptr %answer.at
  %before = atomicrmw add ptr %words, i64 1 release
  ret i64 %before
}}

define i64 @serve(ptr %words, i64 %seen.first, i64 %me) nounwind {{
start:
  br label %look
look:
  %seen = phi i64 [ %seen.first, %start ], [ %seen, %again ], [ %now, %work ]
  %turn = phi i64 [ 0, %start ], [ %turn.next, %again ], [ 0, %work ]
  %now = load atomic i64, ptr %words acquire, align 8
  %new = icmp ne i64 %now, %seen
  br i1 %new, label %work, label %again
again:
  %turn.next = add i64 %turn, 1
  %patient = icmp slt i64 %turn.next, {PATIENCE}
  br i1 %patient, label %look, label %done
work:
  %function.at = getelementptr i64, ptr %words, i64 1
  %function = load ptr, ptr %function.at
  %task.at = getelementptr i64, ptr %words, i64 2
  %task = load ptr, ptr %task.at
  %result = call i64 %function(ptr %task, i64 %me)
  br label %look
done:
  ret i64 %seen
}}
"""
