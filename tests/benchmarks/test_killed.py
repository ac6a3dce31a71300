"""Killed at any moment, the next run continues: nothing is lost, and nothing is done twice."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.engine.claim import claimed
from benchmarks.engine.store import UNFINISHED
from benchmarks.errors import StorageError

from .conftest import without_seconds

GRID = ["booth", "beale", "--jobs", "2", "--budget", "40", "--seeds", "8"]
GRID += ["--optimizer", "gradient descent", "--optimizer", "scipy:BFGS"]
KILLS, PATIENCE = 20, 120
ROOT = Path(__file__).parents[2]


class Race:
    """The command in a session of its own, so that it can be killed with all its processes."""

    def __init__(self, folder):
        self.folder = folder
        self._log = (folder.parent / "log").open("w+", encoding="utf-8")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks", *GRID, "-o", str(folder)],
            cwd=ROOT,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._process.returncode is None:
            self.kill()
        self._log.close()

    def kill(self):
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(PATIENCE)

    def runs_until(self, reached):
        """Whether it still runs when `reached()` turns true."""
        deadline = time.monotonic() + PATIENCE
        while self._process.poll() is None and not reached():
            assert time.monotonic() < deadline, self._told()
            time.sleep(0.002)
        return self._process.poll() is None

    def finishes(self):
        assert self._process.wait(PATIENCE) == 0, self._told()

    def _told(self):
        self._log.seek(0)
        return self._log.read()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("undisturbed") / "race"
    with Race(folder) as race:
        race.finishes()
    return folder


def test_a_race_killed_at_random_moments_ends_as_if_undisturbed(undisturbed, tmp_path):
    folder, rng, total = tmp_path / "race", random.Random(KILLS), len(cells(undisturbed))
    killed, seen = 0, {}
    while killed < KILLS:
        writing = killed >= KILLS * 2 // 3
        due = total if writing else len(seen) + rng.randint(0, total * 2 // KILLS)
        pause = rng.uniform(0.0, 1.0 if writing else 0.05)
        with Race(folder) as race:
            if not race.runs_until(lambda due=due: len(cells(folder)) >= min(due, total)):
                continue
            time.sleep(pause)
            race.kill()
        killed += 1
        assert seen.items() <= cells(folder).items(), "a finished run was done again"
        seen = cells(folder)
    with Race(folder) as race:
        race.finishes()
    assert seen.items() <= cells(folder).items(), "a finished run was done again"
    assert {path for path in cells(folder)} == {path for path in cells(undisturbed)}
    assert what_is_told(folder) == what_is_told(undisturbed)
    assert not list(folder.rglob(f"*{UNFINISHED}")) and not list(folder.rglob("*.unreadable"))


def cells(folder):
    """The finished runs on disk, each with what changes when its file is written again."""
    found = {}
    for path in folder.glob("cells/*/*.json"):
        status = path.stat()
        found[path.relative_to(folder)] = (status.st_ino, status.st_mtime_ns)
    return found


def what_is_told(folder):
    """All results but the timings, the date and the command."""
    facts = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert facts.pop("begun") and facts.pop("command")
    results = (folder / "results.csv").read_bytes().decode()
    return without_seconds(results), (folder / "curves.csv").read_bytes(), facts


def test_what_a_killed_race_left_half_written_is_removed(tmp_path):
    cells = tmp_path / "cells" / "booth"
    cells.mkdir(parents=True)
    left = [tmp_path / f".results.csv.abc{UNFINISHED}", cells / f".one.json.abc{UNFINISHED}"]
    kept = [tmp_path / f"mine{UNFINISHED}", cells / "one.json"]
    for path in (*left, *kept):
        path.write_text("{")
    with claimed(tmp_path):
        assert [path.exists() for path in (*left, *kept)] == [False, False, True, True]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such locks")
def test_a_second_race_in_the_same_folder_is_refused_and_leaves_it_alone(tmp_path, capsys):
    with claimed(tmp_path):
        half = tmp_path / f".results.csv.abc{UNFINISHED}"
        half.write_text("{")
        assert main([*GRID, "-o", str(tmp_path)]) == 2
        told = capsys.readouterr().err
        assert f"StorageError: another race (process {os.getpid()}) is writing to" in told
        assert half.exists() and not list(tmp_path.glob("cells/*/*.json"))
    with claimed(tmp_path):
        assert not half.exists()


def test_a_folder_that_cannot_be_made_is_answered_in_words(tmp_path):
    (tmp_path / "file").write_text("")
    words = "cannot be written to .Not a directory.; give another"
    with pytest.raises(StorageError, match=words), claimed(tmp_path / "file" / "race"):
        raise AssertionError
