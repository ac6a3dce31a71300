"""What a run measures: the parts, the sizes, the threads, and how often."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.speed.methods import METHODS
from benchmarks.speed.row import Row

SIZES = (10, 1_000, 100_000, 10_000_000, 30_000_000)
GROWTH = (100_000, 300_000, 1_000_000, 3_000_000, 10_000_000, 30_000_000)
QUICK = 100_000
"""The largest size of a quick run."""
DTYPES = ("float32", "float64")


def cores() -> int:
    """How many processors this machine has."""
    return os.cpu_count() or 1


@dataclass(frozen=True)
class Plan:
    """One run. `repeats` are samples for each row, of `seconds` or one call each."""

    parts: tuple[str, ...]
    repeats: int = 11
    threads: int = 1
    quick: bool = False
    methods: tuple[str, ...] = tuple(METHODS)
    dtypes: tuple[str, ...] = DTYPES
    largest: int = max(SIZES)
    seconds: float = 1e-2

    def sizes(self, all_sizes: tuple[int, ...] = SIZES) -> tuple[int, ...]:
        """Those sizes that this run measures."""
        limit = min(self.largest, QUICK) if self.quick else self.largest
        return tuple(n for n in all_sizes if n <= limit)

    def of(self, *methods: str) -> tuple[str, ...]:
        """Those of the methods that this run measures."""
        return tuple(name for name in methods if name in self.methods)

    def few(self, most: int = 5) -> int:
        """How many repeats a long measurement gets."""
        return min(self.repeats, most)


@dataclass(frozen=True)
class Case:
    """One thing that is measured side by side: it gives a row for each contestant."""

    part: str
    method: str
    dtype: str
    n: int
    measure: Callable[[], list[Row]]

    @property
    def label(self) -> str:
        """What the progress line and the store of unfinished runs call it."""
        return f"{self.part}: {self.method}, {self.dtype}, n = {self.n:,}"
