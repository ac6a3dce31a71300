"""What is said beforehand of how long a race takes, on a clock that ticks with the problem."""

from __future__ import annotations

import pytest

from benchmarks.__main__ import main
from benchmarks.engine.cell import instance
from benchmarks.engine.estimate import forecast, in_words, seconds
from benchmarks.engine.race import race
from benchmarks.problem import all_problems
from benchmarks.problems.booth import Booth

GRADIENT = 0.5


class Ticking(Booth):
    """Booth's function, half a second for each gradient."""

    name = "ticking"
    now = 0.0

    def value_and_gradient(self, w):
        self.now += GRADIENT
        return super().value_and_gradient(w)


@pytest.fixture
def ticking(monkeypatch):
    problem = Ticking()
    instance.cache_clear()
    monkeypatch.setitem(all_problems(), problem.name, problem)
    return problem


def test_the_forecast_is_near_what_the_race_takes(ticking, small, runner):
    plan = small(specs=("gradient descent", "momentum"), problems=("ticking",), trials=6, budget=60)
    told = seconds(plan, lambda: ticking.now)
    ticking.now = 0.0
    rows = list(race(plan, runner))
    assert ticking.now == GRADIENT * sum(row.gradients for row in rows)
    assert 0.8 < told / ticking.now < 1.3


def test_it_is_said_in_words_and_shared_by_the_processes(ticking, small):
    plan = small(specs=("momentum",), problems=("ticking",), trials=98, budget=100)
    assert forecast([plan], 2, lambda: ticking.now) == (
        "About 42 min on 2 processes, 100 runs at most; finished runs are kept, so you can stop at "
        "any time."
    )
    assert " on 1 process, " in forecast([plan], 1, lambda: ticking.now)


@pytest.mark.parametrize(
    ("spent", "words"),
    [(0.1, "half a minute"), (61.0, "1 min"), (3540.0, "59 min"), (12_120.0, "3 h 20 min")],
)
def test_a_time_is_said_as_one_says_it(spent, words):
    assert in_words(spent) == words


def test_who_searches_nothing_is_not_counted_as_a_search(small):
    plan = small(specs=("momentum", "scipy:BFGS"), trials=10)
    assert (plan.runs("momentum"), plan.runs("scipy:BFGS"), plan.cells) == (12, 3, 15)


def test_it_is_said_before_the_first_run(tmp_path, capsys):
    asked = ["booth", "--optimizer", "momentum", "--budget", "5", "--trials", "3", "--seeds", "1"]
    assert main([*asked, "--jobs", "1", "-o", str(tmp_path)]) == 0
    begun, first, second, *_ = capsys.readouterr().err.splitlines()
    assert begun == "Each problem's gradient is checked, and a short run timed …"
    assert first == (
        "About half a minute on 1 process, 4 runs at most; finished runs are kept, so you can stop "
        "at any time."
    )
    assert second == "1 of 4 runs, at booth"
