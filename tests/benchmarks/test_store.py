"""Finished cells: written once, read back only when whole."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import benchmarks
from benchmarks.engine.cell import Cell, execute
from benchmarks.engine.places import run_as_named
from benchmarks.engine.store import key, write
from benchmarks.errors import CodeChanged

CELL = Cell("quadratic", "gradient descent", "tuning", (("lr", 0.01),), seed=1, budget=5)


@pytest.fixture
def kept(store):
    store.put(CELL, execute(CELL))
    return store


def test_a_row_comes_back_as_it_was(store):
    row = execute(CELL)
    assert store.get(CELL) is None
    store.put(CELL, row)
    assert store.get(CELL) == row
    assert len(list(store.folder.rglob("*.json"))) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace('"gradients": 5', '"gradients": 4'),
        lambda text: "[]",
        lambda text: "",
        lambda text: json.dumps({"row": json.loads(text)["row"]}),
    ],
    ids=["truncated", "changed", "foreign", "empty", "unsigned"],
)
def test_a_damaged_file_is_set_aside_with_a_line(kept, change, capsys):
    path = kept.path(CELL)
    path.write_text(change(path.read_text()))
    assert kept.get(CELL) is None
    assert not path.exists() and path.with_suffix(".unreadable").exists()
    told = capsys.readouterr().err
    assert path.name in told and "the run is done again" in told
    kept.put(CELL, execute(CELL))
    assert kept.get(CELL) is not None


def test_bytes_that_are_no_text_are_set_aside(kept):
    kept.path(CELL).write_bytes(b"\xff\xfe\x00")
    assert kept.get(CELL) is None


def test_whatever_determines_a_result_is_in_its_name(store):
    names = {store.path(CELL)}
    names |= {
        store.path(replace(CELL, **change))
        for change in (
            {"seed": 2},
            {"budget": 6},
            {"stage": "report"},
            {"parameters": (("lr", 0.02),)},
            {"problem": "rosenbrock-100"},
            {"spec": "RMSProp"},
        )
    }
    assert len(names) == 7


def test_a_users_file_is_in_the_name_by_its_text_and_not_by_its_place(store, user_file):
    from benchmarks.engine.contestants import enlist

    body = "class Mine(hm.Hamiltonian):\n    size: float = 1.0"
    cell = replace(CELL, spec=user_file(body))
    before = store.path(cell)
    enlist.cache_clear()
    assert store.path(replace(cell, spec=user_file(body))) == before
    enlist.cache_clear()
    assert store.path(replace(cell, spec=user_file(body.replace("1.0", "2.0")))) != before


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "one.json"
    write(path, "old")
    monkeypatch.setattr("os.fsync", lambda handle: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write(path, "new")
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_the_whole_file_of_an_optimizer_is_in_the_name():
    from benchmarks.engine.contestants import enlist

    source = enlist("relativistic").source  # its head, too, which is outside of its function
    assert source.startswith('"""Relativistic gradient descent') and "def relativistic" in source


def test_code_that_was_edited_during_a_race_is_refused_by_name(store):
    assert run_as_named(CELL, key(CELL), store).row == store.get(CELL)
    with pytest.raises(CodeChanged, match="was changed while it was raced; run the same command"):
        run_as_named(replace(CELL, seed=2), key(CELL), store)
    assert store.get(replace(CELL, seed=2)) is None


def test_a_process_with_other_code_ends_the_race(store, tmp_path):
    """Processes read the code when they begin: here it is told as changed by another name."""
    command = [sys.executable, "-m", "benchmarks", "booth", "--optimizer", "momentum"]
    package = tmp_path / "tree"
    root = Path(benchmarks.__file__).parents[1]
    for name in ("benchmarks", "hermosis", "derivations"):
        shutil.copytree(root / name, package / name, ignore=shutil.ignore_patterns("__pycache__"))
    place = package / "benchmarks" / "engine" / "places.py"
    place.write_text(place.read_text(encoding="utf-8").replace(", key(cell), ", ', "other", '))
    done = subprocess.run(
        [*command, "--jobs", "2", "--budget", "5", "--trials", "3", "-o", str(tmp_path / "out")],
        cwd=package, env={**os.environ, "PYTHONPATH": str(package)}, capture_output=True,
        text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 2
    assert "CodeChanged: the code for momentum on booth was changed" in done.stderr
