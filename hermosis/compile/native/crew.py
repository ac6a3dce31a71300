"""The words by which threads share work: what stands where."""

from __future__ import annotations

import ctypes

import numpy as np
from numpy.typing import NDArray

#: The words of a crew, as far apart as caches keep them apart: the epoch; how many jobs are done;
#: the largest answer; the function of the phase, its task, the number of threads, of jobs in a
#: claim, where `@together` is, whether the crew is closed; then for each thread its share, where it
#: ends, whether the thread sleeps, and the lock that it sleeps on.
EPOCH, DONE, WORST, FUNCTION, SHARES = 0, 8, 16, 24, 32
TASK, SIZE, CLAIM, TOGETHER, CLOSED = range(FUNCTION + 1, FUNCTION + 6)
END, ASLEEP, LOCK, APART = 1, 2, 3, 8


def words(size: int, together: int) -> NDArray[np.int64]:
    """Return the words of a crew of so many threads."""
    made = np.zeros(SHARES + APART * size, dtype=np.int64)
    made[SIZE], made[TOGETHER] = size, together
    for k in range(1, size):
        made[SHARES + APART * k + LOCK] = _closed_lock()
    return made


def _closed_lock() -> int:
    """Return a lock of Python's own, closed, which any thread may open."""
    allocate, acquire = (
        ctypes.pythonapi.PyThread_allocate_lock,
        ctypes.pythonapi.PyThread_acquire_lock,
    )
    allocate.restype, allocate.argtypes = ctypes.c_void_p, ()
    acquire.restype, acquire.argtypes = ctypes.c_int, (ctypes.c_void_p, ctypes.c_int)
    lock = allocate()
    acquire(lock, 0)
    return int(lock)


def free_locks(words: NDArray[np.int64]) -> None:
    """Free the locks of a crew whose threads have ended."""
    free = ctypes.pythonapi.PyThread_free_lock
    free.restype, free.argtypes = None, (ctypes.c_void_p,)
    for place in range(SHARES + APART + LOCK, len(words), APART):
        free(int(words[place]))
