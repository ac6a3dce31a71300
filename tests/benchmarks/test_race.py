"""The race: resumed, interrupted, on several cores, with failing contestants."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from benchmarks.__main__ import main
from benchmarks.engine import places
from benchmarks.engine.cell import execute
from benchmarks.engine.places import Processes
from benchmarks.engine.plan import FIRST_TUNING_SEED
from benchmarks.engine.race import race
from benchmarks.engine.runner import Runner
from benchmarks.engine.store import Store
from benchmarks.report.read import read_rows
from benchmarks.report.summary import summarize

ARGUMENTS = ["quadratic", "--optimizer", "momentum", "--optimizer", "Nesterov"]
ARGUMENTS += ["--quick", "--budget", "12", "--jobs", "1"]

CLIMBS = '''class Mine(hm.Hamiltonian):
    """Walks uphill."""

    def optimizer(self, lr, momentum):
        return hm.Hamiltonian().optimizer(lr=1e6, momentum=momentum)'''

RAISES = '''class Mine(hm.Hamiltonian):
    """Fails on purpose."""

    def optimizer(self, lr, momentum):
        raise RuntimeError("no flow\\nfor this term")'''


@pytest.fixture
def executed(monkeypatch):
    """The cells that are really run."""
    cells = []

    def counted(cell):
        cells.append(cell)
        return execute(cell)

    monkeypatch.setattr(places, "execute", counted)
    return cells


def test_everyone_gets_the_same_trials_and_seeds(plan, runner):
    rows = list(race(plan, runner))
    counts = Counter((row.optimizer, row.stage) for row in rows)
    assert counts["momentum", "tuning"] == 4 and counts["momentum", "report"] == 2
    assert counts["L-BFGS-B", "report"] == 2 and counts["L-BFGS-B", "tuning"] <= 4
    assert {row.seed for row in rows if row.stage == "tuning"} == {FIRST_TUNING_SEED}
    assert {row.seed for row in rows if row.stage == "report"} == {0, 1}
    assert {row.budget for row in rows} == {20} and max(row.gradients for row in rows) == 20


def test_nothing_is_done_twice(plan, runner, executed):
    first = list(race(plan, runner))
    assert len(executed) == len(set(executed)) == len(first)
    again = list(race(plan, runner))
    assert len(executed) == len(first) and again == first


def test_a_longer_race_runs_only_what_is_new(small, runner, executed):
    list(race(small(report_seeds=1), runner))
    before = len(executed)
    list(race(small(report_seeds=3), runner))
    assert [cell.seed for cell in executed[before:]] == [1, 2, 1, 2]


def test_several_processes_give_the_same_numbers(plan, runner, tmp_path):
    def numbers(rows):
        return sorted((r.optimizer, r.stage, str(r.parameters), r.seed, r.loss) for r in rows)

    alone = list(race(plan, runner))
    together = list(race(plan, Runner(Store(tmp_path / "others"), Processes(2))))
    assert numbers(alone) == numbers(together)


def test_ctrl_c_keeps_what_is_done_and_the_next_run_goes_on(
    tmp_path, executed, monkeypatch, capsys
):
    def interrupted(cell):
        if len(executed) == 36:
            raise KeyboardInterrupt
        executed.append(cell)
        return execute(cell)

    whole = places.execute
    monkeypatch.setattr(places, "execute", interrupted)
    assert main([*ARGUMENTS, "-o", str(tmp_path)]) == 130
    told = capsys.readouterr()
    assert "Interrupted after 36 of" in told.err and "continues" in told.out
    assert len(read_rows(tmp_path)) == 36
    assert json.loads((tmp_path / "manifest.json").read_text())["finished"] is False
    assert "was interrupted" in (tmp_path / "index.html").read_text()

    monkeypatch.setattr(places, "execute", whole)
    assert main([*ARGUMENTS, "-o", str(tmp_path)]) == 0
    assert json.loads((tmp_path / "manifest.json").read_text())["finished"] is True
    assert len(executed) == len(set(executed)) == len(read_rows(tmp_path))
    assert "was interrupted" not in (tmp_path / "index.html").read_text()


@pytest.mark.parametrize(("body", "word"), [(CLIMBS, "diverged"), (RAISES, "raised")])
def test_a_failing_optimizer_stays_in_the_table_and_the_rest_go_on(
    tmp_path, user_file, body, word, capsys
):
    out = tmp_path / "out"
    assert main([*ARGUMENTS, "--optimizer", user_file(body), "-o", str(out)]) == 0
    told = capsys.readouterr().out
    assert f"3 of 3 {word}" in told
    summary = summarize(read_rows(out))
    assert [line.optimizer for line in summary][-1] == "Mine"
    assert summary[0].leads and not summary[-1].leads
    page = (out / "index.html").read_text()
    assert f"3 of 3 {word}" in page
    if word == "raised":
        assert "Mine: RuntimeError: no flow\n" in told
        assert "No derivation: RuntimeError: no flow" in page


def test_what_cannot_be_met_is_answered_in_words(capsys):
    assert main(["digit"]) == 2
    assert "UnknownProblem: no problem is called 'digit'" in capsys.readouterr().err
    assert main(["--optimizer", "nowhere.py:Mine"]) == 2
    assert "NotAnOptimizerClass: there is no file" in capsys.readouterr().err
    for bad in ("0", "many", "9" * 14):
        with pytest.raises(SystemExit, match="2"):
            main(["--budget", bad])
        assert f"came '{bad}'; a whole number from 1 to 10000000 is due" in capsys.readouterr().err


def test_a_missing_library_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(__import__("sys").modules, "threadpoolctl", None)
    assert main([*ARGUMENTS, "-o", str(tmp_path)]) == 2
    assert "MissingExtra: the race needs 'threadpoolctl'" in capsys.readouterr().err
