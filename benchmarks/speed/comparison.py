"""The measurement itself: prepare, check that all agree, then rounds of one sample for each."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from benchmarks.engine.parameters import Array
from benchmarks.speed.row import OK, Row, timed
from benchmarks.speed.stolen import undisturbed

MOST_CALLS = 200_000
PAUSE = 0.1
"""Seconds of rest before a sample: the threads of the one before spin for a while."""
TOLERANCE = {"float32": 1e-3, "float64": 1e-9}
"""How far two contestants may be apart, as a part of how far the weights moved."""


class Runner(Protocol):
    """A contestant at work."""

    def run(self, calls: int) -> None:
        """Make this many calls, and return when all are finished."""

    def values(self) -> Array | None:
        """Numbers that all contestants must agree on; None for one that computes none."""


class NotPlayed(Exception):
    """A contestant has no such method; the message becomes its status."""


@dataclass(frozen=True)
class Contestant:
    """A name, and how to get ready for a piece of work."""

    name: str
    prepare: Callable[[Any], Runner]


@dataclass(frozen=True)
class Agreement:
    """What is compared after `calls` calls: everybody against the first contestant that can."""

    dtype: str
    calls: int = 3
    start: Array | None = None
    tolerance: float | None = None
    """An absolute tolerance; without it, `TOLERANCE` of the way from `start`, and rounding."""

    def allowed(self, reference: Array) -> float:
        """How far a value may be from the reference."""
        if self.tolerance is not None:
            return self.tolerance
        moved = reference if self.start is None else reference - self.start
        rounding = 4 * float(np.finfo(self.dtype).eps) * float(np.max(np.abs(reference)))
        return TOLERANCE[self.dtype] * float(np.max(np.abs(moved))) + rounding


@dataclass
class _Entry:
    """A contestant in a comparison, until something goes wrong with it."""

    contestant: Contestant
    status: str = OK
    runner: Runner | None = None
    calls: int = 1
    samples: list[float] = field(default_factory=list)

    def attempt(self, action: Callable[..., object], *given: Any) -> None:
        """Do what comes next, unless an earlier attempt failed; a failure becomes the status."""
        if self.status != OK:
            return
        try:
            action(*given)
        except NotPlayed as reason:
            self.status = str(reason)
        except ImportError as error:
            self.status = f"missing: {error.name or error}"
        except Exception as error:  # whatever a library raises is a result
            self.status = f"raised {type(error).__name__}: {' '.join(str(error).split())[:200]}"

    def prepare(self, work: Any) -> None:
        self.runner = self.contestant.prepare(work)

    def run(self, calls: int) -> float:
        assert self.runner is not None
        begun = time.perf_counter()
        self.runner.run(calls)
        return time.perf_counter() - begun

    def calibrate(self, seconds: float) -> None:
        """Find how many calls last as long as a sample should."""
        took = self.run(self.calls)
        while took < seconds and self.calls < MOST_CALLS:
            wanted = 1.2 * self.calls * seconds / max(took, 1e-9)
            self.calls = min(MOST_CALLS, max(self.calls + 1, int(min(wanted, 20 * self.calls))))
            took = self.run(self.calls)

    def sample(self) -> None:
        """Take one sample, after a rest and as many calls to be warm again."""
        time.sleep(PAUSE)
        self.run(self.calls)
        self.samples.append(undisturbed(lambda: self.run(self.calls)) / self.calls)

    def check(self, reference: list[Array], agreement: Agreement) -> None:
        """Compare with the reference; the first contestant with values becomes it."""
        values = self.values()
        if values is None:
            return
        if not reference:
            reference.append(values)
        apart = float(np.max(np.abs(values - reference[0])))
        allowed = agreement.allowed(reference[0])
        if not apart <= allowed:
            raise NotPlayed(f"disagrees: {apart:.1e} apart, {allowed:.1e} allowed")

    def check_finite(self) -> None:
        values = self.values()
        if values is not None and not np.all(np.isfinite(values)):
            raise NotPlayed("disagrees: not finite after the last sample")

    def values(self) -> Array | None:
        assert self.runner is not None
        return self.runner.values()


def compare(
    row: Row,
    contestants: Sequence[Contestant],
    work: Any,
    repeats: int,
    seconds: float,
    agreement: Agreement,
) -> list[Row]:
    """Time the contestants at the same work in rounds; one row for each, like `row`.

    One that raises, is missing, or is wrong after `agreement.calls` calls has that as its status
    and no time. Nothing is timed before everything is compiled and checked.
    """
    entries = [_Entry(contestant) for contestant in contestants]
    for entry in entries:
        entry.attempt(entry.prepare, work)
        entry.attempt(entry.run, agreement.calls)
    reference: list[Array] = []
    for entry in entries:
        entry.attempt(entry.check, reference, agreement)
        entry.attempt(entry.calibrate, seconds)
    _rounds(entries, repeats)
    for entry in entries:
        entry.attempt(entry.check_finite)
    return [_result(row, entry) for entry in entries]


def _rounds(entries: Sequence[_Entry], repeats: int) -> None:
    gc.collect()
    gc.disable()
    try:
        for _ in range(repeats):
            for entry in entries:
                entry.attempt(entry.sample)
    finally:
        gc.enable()


def _result(row: Row, entry: _Entry) -> Row:
    named = replace(row, contestant=entry.contestant.name, status=entry.status)
    return timed(named, entry.samples) if entry.status == OK else named
