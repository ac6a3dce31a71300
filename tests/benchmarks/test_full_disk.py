"""A disk that takes no more: the race goes on, and says what it could not keep."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("resource", reason="the system has no limit on the size of files")

RACE = """
import resource, sys
from benchmarks.__main__ import main
resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))
sys.exit(main({words!r}))
"""
LESS_THAN_A_CELL, LESS_THAN_THE_RESULTS = 256, 8192


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_full_disk_costs_what_is_kept_and_not_the_race(tmp_path, jobs):
    done = race(LESS_THAN_A_CELL, tmp_path, "--jobs", jobs)
    assert done.returncode == 2
    assert "booth: Booth's function" in done.stdout and "gradient descent" in done.stdout
    assert done.stderr.count("Finished runs cannot be kept in") == 1, done.stderr
    assert "StorageError: the report cannot be written to" in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [".lock"]


def test_a_disk_that_is_full_at_the_end_keeps_the_runs_for_the_next_race(tmp_path):
    full = race(LESS_THAN_THE_RESULTS, tmp_path)
    assert full.returncode == 2 and "cannot be kept" not in full.stderr
    assert "StorageError: the report cannot be written to" in full.stderr
    kept = {path: path.stat().st_mtime_ns for path in tmp_path.glob("cells/*/*.json")}
    assert kept
    done = race(2**30, tmp_path)
    assert done.returncode == 0, done.stderr
    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("cells/*/*.json")} == kept
    assert done.stdout.startswith(full.stdout.rstrip("\n"))


def race(room, folder, *words):
    """Race where no file may grow beyond so many bytes."""
    asked = ["booth", "--optimizer", "gradient descent", "--budget", "20", *words]
    script = RACE.format(room=room, words=[*asked, "-o", str(folder)])
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
