"""One run: equal budgets, and a row whatever happens."""

from __future__ import annotations

import itertools
import math
import signal
import time

import pytest

from benchmarks.engine.cell import Cell, execute
from benchmarks.engine.contestants import enlist, the_field
from benchmarks.engine.patience import patience
from benchmarks.engine.row import checkpoints
from benchmarks.engine.tuning import parameters_at, ranges_of
from benchmarks.problem import all_problems

RAISES = '''class Mine(hm.Hamiltonian):
    """Fails on purpose."""

    def optimizer(self, **settings):
        raise RuntimeError("no flow for this term")'''


def cell(spec, problem="quadratic", share=0.4, budget=25, **chosen):
    contestant = enlist(spec)
    parameters = (
        dict(
            parameters_at(
                ranges_of(contestant, all_problems()[problem]), (share,) * len(contestant.space)
            )
        )
        | chosen
    )
    return Cell(problem, spec, "report", tuple(parameters.items()), seed=1, budget=budget)


@pytest.mark.parametrize("spec", the_field())
def test_every_contestant_spends_the_same_gradients(spec, monkeypatch):
    problem = all_problems()["breast-cancer"]
    calls = []
    real = problem.value_and_gradient
    monkeypatch.setattr(
        problem, "value_and_gradient", lambda w: calls.append(1) or real(w), raising=True
    )
    row = execute(cell(spec, "breast-cancer", budget=15))
    assert row.status == "ok", row.message
    assert row.gradients == len(calls) == 15
    assert row.gap < problem.gap(math.inf) and 0.0 < row.measure <= 1.0
    assert row.own_seconds > 0.0 and row.problem_seconds > 0.0
    assert len(row.curve) == len(checkpoints(15)) and row.curve == sorted(row.curve, reverse=True)


@pytest.mark.parametrize("problem", all_problems())
def test_a_step_in_the_right_direction_lowers_every_problem(problem):
    row = execute(cell("gradient descent", problem, lr=1e-8))
    assert row.status == "ok" and row.curve[-1] < row.curve[0]


def test_a_diverged_run_is_a_row():
    row = execute(cell("gradient descent", "rosenbrock-100", lr=10.0, budget=200))
    assert row.status == "diverged"
    assert row.gradients < 200 and row.last_loss is None or row.last_loss > row.loss


def test_a_run_that_only_climbs_has_diverged_too():
    row = execute(cell("gradient descent", lr=0.2, budget=10))
    assert row.status == "diverged" and row.last_loss > row.loss


def test_an_optimizer_that_raises_is_a_row_with_its_words(user_file):
    row = execute(cell(user_file(RAISES)))
    assert row.status == "raised" and row.message == "RuntimeError: no flow for this term"
    assert row.gradients == 0 and row.gap is None and row.curve == []


def test_an_optimizer_that_leaves_python_is_a_row_too(user_file):
    body = RAISES.replace('raise RuntimeError("no flow for this term")', "raise SystemExit(3)")
    row = execute(cell(user_file(body)))
    assert body != RAISES and (row.status, row.message) == ("raised", "SystemExit: 3")


def test_an_optimizer_that_never_ends_is_a_row_too(user_file, monkeypatch):
    if not hasattr(signal, "setitimer"):
        pytest.skip("no timers on this system")
    monkeypatch.setattr("benchmarks.engine.patience.LONGEST", 0.2)
    waits = "def optimizer(self, **settings):\n        while True:\n            pass"
    row = execute(cell(user_file(f'class Mine(hm.Hamiltonian):\n    """Waits."""\n\n    {waits}')))
    assert row.status == "raised" and row.message.startswith("NoEnd: no gradient was asked for in")
    further = itertools.count()
    with patience(lambda: next(further)):
        time.sleep(0.7)
    assert next(further) >= 3  # it was looked at, and had come further each time


def test_the_same_cell_gives_the_same_numbers():
    one, two = execute(cell("Adam")), execute(cell("Adam"))
    assert (one.curve, one.loss, one.measure) == (two.curve, two.loss, two.measure)


def test_checkpoints_end_at_the_budget():
    assert checkpoints(1) == [1]
    assert checkpoints(5) == [1, 2, 3, 4, 5]
    assert checkpoints(2000)[-1] == 2000 and len(checkpoints(2000)) == 120


def test_a_line_search_that_had_arrived_has_not_diverged():
    row = execute(cell("L-BFGS-B", "matyas", budget=200))
    assert row.status == "ok" and row.loss < 1e-12
