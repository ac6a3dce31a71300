"""The speed run, small: its files, its statuses, and that a stop leaves nothing half done."""

import csv
import dataclasses
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from benchmarks.speed import comparison, loops
from benchmarks.speed import run as running
from benchmarks.speed.by_hand import BY_HAND, UPDATES
from benchmarks.speed.comparison import Agreement, Contestant, NotPlayed, compare
from benchmarks.speed.jit import TRANSFORMATIONS
from benchmarks.speed.methods import METHODS
from benchmarks.speed.ours import HERMOSIS, HERMOSIS_NUMPY
from benchmarks.speed.plan import Case, Plan
from benchmarks.speed.report import report
from benchmarks.speed.row import COLUMNS, OK, Row, quartiles, table
from benchmarks.speed.run import run
from benchmarks.speed.step import case
from benchmarks.speed.unfinished import Unfinished
from benchmarks.speed.work import Work, sampled

ROW = Row("step", "momentum", "float64", 10, "", 1)
SMALL = Plan(
    ("step",), repeats=2, methods=("momentum",), dtypes=("float64",), largest=1_000, seconds=1e-4
)


@pytest.fixture(autouse=True)
def without_heavy_libraries(monkeypatch):
    """Runs of the whole plan here leave PyTorch and JAX out: importing them takes seconds."""
    for library in ("torch", "jax", "optax"):
        monkeypatch.setitem(sys.modules, library, None)


@pytest.fixture
def work():
    return Work(METHODS["momentum"], "float64", ((10,),))


def race(work, *contestants, repeats=2):
    agreement = Agreement("float64", start=sampled(work.start))
    return compare(ROW, contestants, work, repeats, 1e-5, agreement)


class Turning:
    """A contestant of the test's own: it turns out the way that it is told to."""

    def __init__(self, values=None, run=lambda calls: None):
        self.run = run
        self.values = lambda: values


def wrong(work):
    return Turning(np.full(10, 7.0))


def raising(work):
    raise RuntimeError("out of luck")


def late(work):
    calls_left = iter([None] * 4)

    def one(calls):
        for _ in range(calls):
            if next(calls_left, "none") == "none":
                raise FloatingPointError("in the middle")

    return Turning(run=one)


def test_a_run_writes_every_file_and_every_contestant(tmp_path):
    rows = run(SMALL, tmp_path, ["--quick"])
    files = {path.name for path in tmp_path.iterdir()}
    pictures = {"step-momentum.png", "step-momentum.svg"}
    assert files == {"speed.csv", "manifest.json", "speed.md"} | pictures
    with (tmp_path / "speed.csv").open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    assert tuple(read[0]) == COLUMNS
    assert COLUMNS[:11] == (
        "part", "method", "dtype", "n", "contestant", "threads",
        "median_s", "q25_s", "q75_s", "repeats", "status",
    )  # fmt: skip
    assert len(read) == len(rows) == 2 * 7
    statuses = {line["contestant"]: line["status"] for line in read}
    assert statuses["hermosis"] == statuses["NumPy by hand"] == OK
    assert statuses["PyTorch fused"] == "missing: torch"
    assert statuses["optax, jit"] in ("missing: jax", "missing: optax")
    for line in read:
        if line["status"] == OK:
            times = [float(line[name]) for name in ("q25_s", "median_s", "q75_s")]
            assert 0 < times[0] <= times[1] <= times[2]
    facts = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert facts["versions"]["numpy"] == np.__version__
    assert facts["machine"]["threads"] == 1 and facts["command"].endswith("--quick")
    page = (tmp_path / "speed.md").read_text(encoding="utf-8")
    assert "NumPy by hand / hermosis" in page and "missing: torch" in page
    assert "(step-momentum.svg)" in page


def test_what_goes_wrong_is_a_row_with_a_status(work):
    contestants = [
        BY_HAND,
        Contestant("wrong", wrong),
        Contestant("raising", raising),
        Contestant("late", late),
    ]
    rows = {row.contestant: row for row in race(work, *contestants)}
    assert rows["NumPy by hand"].counts
    assert rows["wrong"].status.startswith("disagrees: ")
    assert rows["raising"].status == "raised RuntimeError: out of luck"
    assert rows["late"].status == "raised FloatingPointError: in the middle"
    assert not any(rows[name].counts for name in ("wrong", "raising", "late"))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("method", METHODS)
def test_hermosis_and_the_textbook_by_hand_agree(method, dtype):
    work = Work(METHODS[method], dtype, ((7,), (2, 3)))
    agreement = Agreement(dtype, calls=5, start=sampled(work.start))
    rows = compare(ROW, (BY_HAND, HERMOSIS, HERMOSIS_NUMPY), work, 1, 1e-6, agreement)
    assert [row.status for row in rows] == [OK, OK, OK]


def test_every_method_has_an_update_by_hand_and_one_for_optax():
    assert list(UPDATES) == list(TRANSFORMATIONS) == list(METHODS)


def test_rounds_go_from_one_contestant_to_the_next(work, monkeypatch):
    monkeypatch.setattr(comparison, "undisturbed", lambda measure: measure())
    order = []

    def player(name):
        def one(calls):
            order.append(name)
            time.sleep(2e-5)

        return Contestant(name, lambda work: Turning(run=one))

    race(work, player("A"), player("B"), repeats=3)
    assert order[-12:] == ["A", "A", "B", "B"] * 3  # to be warm, and for the clock


def test_a_case_that_cannot_begin_is_a_row_too():
    def measure():
        raise MemoryError("too large")

    (row,) = running.measured(Case("step", "Adam", "float32", 3, measure), threads=2)
    assert row.status == "raised MemoryError: too large" and row.threads == 2


def test_a_stop_leaves_the_old_report_and_the_next_run_goes_on(tmp_path, monkeypatch):
    old = "what an earlier run said"
    (tmp_path / "speed.csv").write_text(old, encoding="utf-8")
    measured = []

    def stopping(plan):
        def cell(n):
            def measure():
                if n == 3 and len(measured) < 3:
                    measured.append("stop")
                    raise KeyboardInterrupt
                measured.append(n)
                return [Row("step", "momentum", "float64", n, "hermosis", 1, 1.0, 1.0, 1.0, 1)]

            return Case("step", "momentum", "float64", n, measure)

        return [cell(n) for n in (1, 2, 3)]

    monkeypatch.setattr(running, "cases", stopping)
    monkeypatch.setattr(running, "key", lambda *given: "the same")
    with pytest.raises(KeyboardInterrupt):
        run(SMALL, tmp_path, [])
    assert (tmp_path / "speed.csv").read_text(encoding="utf-8") == old
    assert {path.name for path in tmp_path.iterdir()} == {"speed.csv", "unfinished.json"}
    rows = run(SMALL, tmp_path, [])
    assert measured == [1, 2, "stop", 3] and [row.n for row in rows] == [1, 2, 3]
    assert (tmp_path / "speed.csv").read_text(encoding="utf-8") == table(rows)
    assert not (tmp_path / "unfinished.json").exists()


def test_a_write_that_fails_leaves_the_old_file(tmp_path, monkeypatch):
    (tmp_path / "speed.csv").write_text("old", encoding="utf-8")
    replace = os.replace

    def full(source, target):
        if Path(target).name == "speed.csv":
            raise OSError(28, "No space left on device")
        replace(source, target)

    monkeypatch.setattr("benchmarks.engine.store.os.replace", full)
    with pytest.raises(OSError, match="No space"):
        report([dataclasses.replace(ROW, part="sets", median_s=1.0)], {}, tmp_path)
    assert (tmp_path / "speed.csv").read_text(encoding="utf-8") == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"speed.csv"}


@pytest.mark.parametrize("text", ['{"key": "k", "cases"', '{"key": "k", "cases": [1]}', "[]", ""])
def test_a_damaged_file_of_an_unfinished_run_counts_as_absent(tmp_path, text):
    path = tmp_path / "unfinished.json"
    path.write_text(text, encoding="utf-8")
    assert Unfinished(path, "k").rows == {}


def test_an_unfinished_run_of_something_else_counts_as_absent(tmp_path):
    path = tmp_path / "unfinished.json"
    Unfinished(path, "k").put("a case", [ROW])
    assert Unfinished(path, "k").get("a case") == [ROW]
    assert Unfinished(path, "another").get("a case") is None


def test_pytorch_leaves_a_method_out_and_says_so():
    from benchmarks.speed.pytorch import PYTORCH

    work = Work(METHODS["Lion"], "float64", ((3,),))
    with pytest.raises(NotPlayed, match="PyTorch has no Lion"):
        PYTORCH[0].prepare(work)


def test_a_single_shape_is_an_array_and_several_are_a_list():
    made = case(SMALL, "sets", "momentum", "float64", ((2, 3), (4,)), (BY_HAND,), "two")
    assert (made.n, made.label) == (10, "sets: two, float64, n = 10")
    assert made.measure()[0].counts
    one = Work(METHODS["momentum"], "float32", ((3,),))
    assert one.whole(one.start) is one.start[0]
    assert all(0.5 <= abs(g) <= 1.5 for g in one.gradients[0])


def test_quartiles_are_numpys():
    samples = [3.0, 1.0, 4.0, 1.5, 9.0]
    assert quartiles(samples) == pytest.approx(tuple(np.quantile(samples, (0.25, 0.5, 0.75))))


def test_the_command_refuses_what_it_cannot_measure():
    command = [sys.executable, "-m", "benchmarks.speed", "--repeats", "0"]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
    assert done.returncode == 2 and "came '0'; a whole number" in done.stderr


@pytest.mark.parametrize("method", loops.METHODS)
def test_whole_runs_and_loops_by_hand_agree(method):
    small = dataclasses.replace(SMALL, parts=("minimize",))
    case = next(c for c in loops.cases(small) if (c.method, c.n) == (method, 1_000))
    rows = case.measure()
    assert [row.contestant for row in rows] == [contestant.name for contestant in loops.FIELD]
    assert {row.status for row in rows} == {OK} and all(row.counts for row in rows)
