"""What the race adds to a run is measured on runs like those of a race."""

from __future__ import annotations

import time

from benchmarks import overhead


def test_every_part_is_measured_for_everyone_asked(monkeypatch, capsys):
    monkeypatch.setattr(overhead, "RUNS", 5)
    assert overhead.main(["momentum", "rest mass"]) == 0
    head, *lines, handed = capsys.readouterr().out.splitlines()
    assert head.split()[-len(overhead.PARTS) :] == list(overhead.PARTS)
    assert [line[:24].strip() for line in lines] == ["momentum", "rest mass"]
    assert handed.startswith("handed to a process") and float(handed.split()[-1]) > -100.0
    for line in lines:
        assert all(float(number) >= 0.0 for number in line[24:].split())


def test_what_is_measured_is_a_run_that_is_kept(tmp_path):
    store = overhead.Store(tmp_path)
    (cell, *_) = overhead._cells("momentum")
    began = time.perf_counter()
    parts = dict(zip(overhead.PARTS, overhead._parts(cell, store), strict=True))
    took = time.perf_counter() - began
    assert 0.0 < parts["added"] + parts["own"] + parts["problem"] + parts["read"] < took
    row = store.get(cell)
    assert row is not None and row.own_seconds == parts["own"] > 0.0
