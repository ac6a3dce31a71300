"""Samples that the hypervisor disturbed are taken again, and one counts in the end."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.speed import stolen


def ticking(*ticks: int) -> Iterator[int]:
    yield from ticks
    while True:
        yield ticks[-1]


def test_a_disturbed_sample_is_taken_again() -> None:
    clock, samples = ticking(0, 3, 3, 4, 4, 4), iter("abc")
    assert stolen.undisturbed(lambda: next(samples), lambda: next(clock)) == "c"


def test_where_it_is_never_quiet_patience_ends(monkeypatch) -> None:
    clock, samples, now = ticking(*range(100)), iter("abcdef"), iter([0.0, 0.2, 0.4, 0.6])
    monkeypatch.setattr(stolen.time, "monotonic", lambda: next(now))
    assert stolen.undisturbed(lambda: next(samples), lambda: next(clock)) == "c"


def test_the_clock_is_read_where_there_is_one(tmp_path, monkeypatch) -> None:
    written = tmp_path / "stat"
    written.write_text("cpu  1 2 3 4 5 6 7 88 9 0\ncpu0 1 2\n")
    monkeypatch.setattr(stolen, "_CLOCKS", written)
    assert stolen.stolen() == 88
    monkeypatch.setattr(stolen, "_CLOCKS", tmp_path / "missing")
    assert stolen.stolen() == 0
