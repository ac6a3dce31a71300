"""A problem whose gradient is wrong is left out with a line, and the rest of the grid goes on."""

from __future__ import annotations

import json

import pytest

from benchmarks.__main__ import main
from benchmarks.engine import command
from benchmarks.engine.check import sound
from benchmarks.errors import WrongGradient
from benchmarks.problem import all_problems
from benchmarks.problems.booth import Booth

ASKED = ["--optimizer", "scipy:BFGS", "--budget", "10", "--jobs", "1"]


class Twice(Booth):
    """Booth's function with twice its gradient."""

    name = "twice"

    def value_and_gradient(self, w):
        value, gradient = super().value_and_gradient(w)
        return value, 2.0 * gradient


class Shorter(Booth):
    """Booth's function with half of its gradient."""

    name = "shorter"

    def value_and_gradient(self, w):
        value, gradient = super().value_and_gradient(w)
        return value, gradient[:1]


class Raises(Booth):
    """No function at all."""

    name = "raises"

    def value_and_gradient(self, w):
        raise RuntimeError("its data are gone")


class Endless(Booth):
    """Infinite where it starts."""

    name = "endless"

    def value_and_gradient(self, w):
        return float("inf"), w


BROKEN = (Twice(), Shorter(), Raises(), Endless())
WORDS = {
    "twice": "its gradient says a slope of",
    "shorter": "its gradient has 1 numbers where the parameters have 2",
    "raises": "its loss fails at the start: RuntimeError: its data are gone",
    "endless": "its loss or gradient is not finite at the start",
}


@pytest.fixture
def broken(monkeypatch):
    """The broken problems, where all others are."""
    for problem in BROKEN:
        monkeypatch.setitem(all_problems(), problem.name, problem)
    return BROKEN


def test_each_broken_problem_is_left_out_in_words(broken):
    booth = all_problems()["booth"]
    kept, notices = sound([*broken, booth])
    assert kept == [booth] and len(notices) == len(broken)
    for problem, notice in zip(broken, notices, strict=True):
        assert notice.startswith(f"{problem.name} is left out: {WORDS[problem.name]}")


def test_the_rest_of_the_grid_goes_on_and_the_report_says_so(broken, tmp_path, capsys):
    assert main(["twice", "booth", *ASKED, "-o", str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert "twice is left out: its gradient says" in told.err
    assert "booth: " in told.out and "twice: " not in told.out
    facts = json.loads((tmp_path / "manifest.json").read_text())
    assert list(facts["problems"]) == ["booth"]
    assert [notice.partition(":")[0] for notice in facts["notices"]] == ["twice is left out"]
    assert "twice is left out: its gradient says" in (tmp_path / "index.html").read_text()


def test_without_a_sound_problem_there_is_no_race(broken, tmp_path, capsys):
    assert main(["twice", "shorter", *ASKED, "-o", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "WrongGradient: there is nothing to race on. twice is left out" in told
    with pytest.raises(WrongGradient, match="shorter is left out"):
        sound(command.Command(["shorter"]).problems)
