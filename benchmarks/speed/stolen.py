"""Whether a sample was disturbed: on a shared host, the hypervisor takes processors away."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

PATIENCE = 0.5
"""For how many seconds disturbed samples are taken again before the last one counts."""
_CLOCKS = Path("/proc/stat")
_STOLEN = 8

T = TypeVar("T")


def stolen() -> int:
    """How long processors were taken away since the machine started, in ticks; 0 if unknown."""
    try:
        first = _CLOCKS.read_text(encoding="ascii").splitlines()[0].split()
        return int(first[_STOLEN])
    except (OSError, ValueError, IndexError):
        return 0


def undisturbed(measure: Callable[[], T], clock: Callable[[], int] = stolen) -> T:
    """What is measured while no processor is taken away, or what is when patience ends.

    >>> clock = iter([0, 3, 3, 3])
    >>> samples = iter(["disturbed", "quiet"])
    >>> undisturbed(lambda: next(samples), lambda: next(clock))
    'quiet'
    """
    begun = time.monotonic()
    while True:
        before = clock()
        found = measure()
        if clock() == before or time.monotonic() - begun > PATIENCE:
            return found
