"""The tables of every run: what is written comes back, and nothing else is taken for it."""

from __future__ import annotations

import json
import math
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.engine.race import race
from benchmarks.engine.row import Arrival, Row, checkpoints
from benchmarks.errors import UnreadableResults
from benchmarks.problem import all_problems
from benchmarks.report.manifest import manifest
from benchmarks.report.read import read_rows
from benchmarks.report.results import COLUMNS, curves, in_order, parquet, results
from benchmarks.report.write import report

PROBLEMS = ("quadratic", "booth")
TARGETS = {name: all_problems()[name].targets for name in PROBLEMS}

finite = st.floats(allow_nan=False, allow_infinity=False)
maybe = st.none() | finite
counts = st.integers(0, 10**12)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
arrivals = st.none() | st.builds(Arrival, counts, counts, finite, finite)


@st.composite
def drawn_rows(draw):
    stage, budget = draw(st.sampled_from(["tuning", "report"])), draw(st.integers(1, 300))
    points = len(checkpoints(budget)) if stage == "report" and draw(st.booleans()) else 0
    return Row(
        problem=draw(st.sampled_from(PROBLEMS)),
        optimizer=draw(texts),
        kind=draw(st.sampled_from(["yours", "guest"])),
        stage=stage,
        parameters=draw(st.dictionaries(texts, finite | st.integers(1, 50), max_size=3)),
        seed=draw(counts),
        budget=budget,
        status=draw(st.sampled_from(["ok", "diverged", "raised"])),
        message=draw(texts),
        gradients=draw(counts),
        steps=draw(counts),
        loss=draw(maybe),
        last_loss=draw(maybe),
        gap=draw(maybe),
        measure=draw(maybe),
        arrivals=[draw(arrivals) for _ in range(3)],
        own_seconds=draw(finite),
        problem_seconds=draw(finite),
        curve=[draw(maybe) for _ in range(points)],
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("results")


@given(st.lists(drawn_rows(), max_size=4, unique_by=lambda r: (r.problem, r.optimizer, r.seed)))
def test_rows_come_back_as_they_were(folder, rows):
    (folder / "results.csv").write_bytes(results(rows, TARGETS))
    (folder / "curves.csv").write_bytes(curves(rows))
    assert read_rows(folder) == rows


def test_a_race_comes_back_as_it_was_and_timings_can_be_told_apart(plan, runner, tmp_path):
    rows = in_order(race(plan, runner))
    facts = manifest(plan, [], at_once=1)
    report(plan, rows[::-1], facts, tmp_path, finished=True, notices=["nothing is wrong"])
    assert read_rows(tmp_path) == rows
    told = json.loads((tmp_path / "manifest.json").read_text())
    assert told["notices"] == ["nothing is wrong"] and told["finished"] is True
    text = (tmp_path / "results.csv").read_text() + (tmp_path / "curves.csv").read_text()
    assert "nan" not in text and "inf" not in text
    times = {name for name in COLUMNS if "seconds" in name}
    assert len(times) == 8 and {"own_seconds", "problem_seconds_3"} <= times


def test_parquet_has_the_same_columns(plan, runner, tmp_path):
    tables = pytest.importorskip("pyarrow.parquet")
    rows = in_order(race(plan, runner))
    (tmp_path / "results.parquet").write_bytes(parquet(rows, TARGETS))
    table = tables.read_table(tmp_path / "results.parquet")
    assert table.column_names == list(COLUMNS)
    assert table["loss"].to_pylist() == [row.loss for row in rows]
    assert table["gradients_3"].to_pylist() == [row.gradients_to_target for row in rows]


def test_without_its_library_there_is_no_parquet(plan, tmp_path, monkeypatch):
    (tmp_path / "results.parquet").write_bytes(b"of a race before")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    report(plan, [], manifest(plan, [], at_once=1), tmp_path, finished=True, notices=[])
    assert not (tmp_path / "results.parquet").exists()
    assert json.loads((tmp_path / "manifest.json").read_text())["parquet"] is False


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: None, "FileNotFoundError"),
        (lambda text: b"", "its columns are not those of a results.csv"),
        (lambda text: b"a,b\r\n1,2\r\n", "its columns are not those"),
        (lambda text: text[: text.rindex(b"report,") + 20], "is not whole|unexpected end"),
        (lambda text: text.replace(b",20,", b",many,"), "invalid literal for int"),
        (lambda text: b"\xff\xfe\x00", "UnicodeDecodeError"),
    ],
    ids=["absent", "empty", "foreign", "torn", "changed", "no text"],
)
def test_what_is_no_results_file_is_refused(plan, runner, tmp_path, change, words):
    rows = list(race(plan, runner))
    report(plan, rows, manifest(plan, [], at_once=1), tmp_path, finished=True, notices=[])
    path = tmp_path / "results.csv"
    changed = change(path.read_bytes())
    path.unlink() if changed is None else path.write_bytes(changed)
    with pytest.raises(UnreadableResults, match=words) as told:
        read_rows(tmp_path)
    assert str(path) in str(told.value) and "race again into it" in str(told.value)


def test_what_is_not_finite_has_no_text():
    row = Row(
        "booth", "one", "yours", "report", {"lr": math.nan}, 0, 1, "ok", "", 0, 0,
        None, None, None, None, [None] * 3, 0.0, 0.0, [],
    )  # fmt: skip
    with pytest.raises(ValueError, match="not JSON compliant"):
        results([row], TARGETS)
