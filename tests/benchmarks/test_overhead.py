"""What the race adds to a run is taken apart without a remainder."""

from __future__ import annotations

import pytest

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


def test_what_is_added_is_the_sum_of_its_parts(tmp_path):
    (cell, *_) = overhead._cells("momentum")
    parts = dict(zip(overhead.PARTS, overhead._parts(cell, overhead.Store(tmp_path)), strict=True))
    own = (parts[name] for name in ("name", "prepare", "rest", "keep"))
    assert parts["added"] == pytest.approx(sum(own), rel=1e-9)
    assert overhead.Store(tmp_path).get(cell) is not None
