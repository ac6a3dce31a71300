"""Two races side by side: what is better, what cannot be told, and what is no race."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from html import escape

import pytest

from benchmarks.__main__ import main
from benchmarks.engine.race import race
from benchmarks.report.compare_page import compare_page
from benchmarks.report.comparison import Pair, differences, log_ratio, pairs
from benchmarks.report.manifest import manifest
from benchmarks.report.read import read_rows
from benchmarks.report.write import report

LAST = ("matyas", "momentum", "report")


@pytest.fixture
def rows(small, runner):
    return list(race(small(report_seeds=5), runner))


def times(rows, *factors):
    """The same race with the gaps of its seeds multiplied, seed by seed."""
    return [
        replace(row, gap=row.gap * factors[row.seed % len(factors)])
        if row.stage == "report"
        else row
        for row in rows
    ]


def verdicts(first, second):
    return {pair.optimizer: pair.verdict for pair in pairs(first, second)}


def test_a_race_is_the_same_as_itself(rows):
    assert set(verdicts(rows, rows[::-1]).values()) == {"same"}


def test_lower_on_every_seed_is_lower(rows):
    assert set(verdicts(rows, times(rows, 0.01)).values()) == {"B"}
    assert set(verdicts(times(rows, 0.01), rows).values()) == {"A"}
    assert all(p.ratio == pytest.approx(-2.0) for p in pairs(rows, times(rows, 0.01)))


def test_seeds_that_disagree_decide_nothing(rows):
    assert set(verdicts(rows, times(rows, 0.1, 10.0, 0.1, 10.0, 1.0)).values()) == {"undecided"}


def test_a_failed_race_is_worse_than_any(rows):
    failed = [replace(row, status="diverged") for row in rows]
    for pair in pairs(rows, failed):
        assert pair.verdict == "A" and pair.ratio == pair.high == math.inf
    assert set(verdicts(failed, failed).values()) == {"same"}


def test_other_seeds_are_not_paired(rows):
    others = [replace(row, seed=row.seed + 100) for row in rows]
    assert set(verdicts(rows, others).values()) == {"undecided"}


def test_ratios_keep_failures():
    assert log_ratio(1.0, 100.0) == pytest.approx(2.0)
    assert log_ratio(math.inf, 1.0) == -math.inf and log_ratio(1.0, math.inf) == math.inf
    assert math.isnan(log_ratio(math.inf, math.inf))


def test_facts_that_differ_are_told_by_name():
    first = {"commit": "a", "versions": {"numpy": "2.0", "scipy": "1"}, "finished": "now"}
    second = {"commit": "a", "versions": {"numpy": "2.1", "scipy": "1"}, "seeds": [0]}
    assert differences(first, second) == {"versions numpy": ("2.0", "2.1"), "seeds": ("", "0")}


def test_the_command_compares_two_folders(tmp_path, capsys):
    for name, budget in (("a", "20"), ("b", "30")):
        words = ["quadratic", "--optimizer", "momentum", "--jobs", "1", "--budget", budget]
        assert main([*words, "-o", str(tmp_path / name)]) == 0
    capsys.readouterr()
    page = tmp_path / "page.html"
    assert main(["compare", str(tmp_path / "a"), str(tmp_path / "b"), "-o", str(page)]) == 0
    told = capsys.readouterr().out
    assert "budget of quadratic: 20 | 30" in told and "Of 1 pairs" in told
    text = page.read_text()
    assert "<td>momentum</td>" in text and "budget of quadratic" in text


def test_a_page_that_cannot_be_written_is_told_by_name(tmp_path, capsys):
    words = ["quadratic", "--optimizer", "momentum", "--jobs", "1", "--budget", "9"]
    assert main([*words, "-o", str(tmp_path)]) == 0
    assert main(["compare", str(tmp_path), str(tmp_path), "-o", str(tmp_path)]) == 2
    assert "StorageError: the page cannot be written" in capsys.readouterr().err


def test_runs_that_were_not_made_are_no_failures(tmp_path, capsys, small, runner):
    plan = small(problems=("booth", "matyas"))
    rows = list(race(plan, runner))
    cut = [row for row in rows if (row.problem, row.optimizer, row.stage) != LAST]
    assert len(cut) < len(rows)
    facts = manifest(plan, [], at_once=1)
    lines = report(plan, cut, facts, tmp_path, finished=False, notices=["Beware."])
    assert {line.problem for line in lines} == {"booth"}
    assert "matyas is left out" in (tmp_path / "index.html").read_text()
    assert main(["scores", str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert told.out.startswith("1 problem, 3 targets, by gradients:")
    assert [line.partition(":")[0] for line in told.err.splitlines()] == [
        "This race was interrupted", "Beware.", "matyas is left out",
    ]  # fmt: skip
    assert len(read_rows(tmp_path)) == len(cut)


def test_a_word_that_no_race_writes_is_refused_by_name(tmp_path, rows, small, capsys):
    plan = small(report_seeds=5)
    report(plan, rows, manifest(plan, [], at_once=1), tmp_path, finished=True)
    table = tmp_path / "results.csv"
    table.write_text(table.read_text().replace("classical", "classic"))
    assert main(["scores", str(tmp_path)]) == 2
    assert "kind is 'classic'; due is one of yours" in capsys.readouterr().err


def test_what_is_no_race_is_refused_by_name(tmp_path, capsys):
    (tmp_path / "results.json").write_text(json.dumps({"rows": [{"no": "row"}]}))
    assert main(["compare", str(tmp_path), str(tmp_path / "nowhere")]) == 2
    assert "UnreadableResults" in (told := capsys.readouterr().err) and "-o FOLDER" in told


def test_rows_come_back_as_they_were(plan, runner, tmp_path):
    rows = list(race(plan, runner))
    report(plan, rows, manifest(plan, [], at_once=1), tmp_path, finished=True)
    assert sorted(map(repr, read_rows(tmp_path))) == sorted(map(repr, rows))


def test_names_from_outside_are_text_on_the_page():
    evil = "</script><b>"
    pair = Pair(evil, evil, (1.0, 2.0), (math.inf, 3.0), math.nan, math.nan, False)
    text = compare_page(evil, evil, [pair], {evil: (evil, "")}, evil)
    assert evil not in text and text.count(escape(evil)) >= 5
