"""Guests: theirs and ours take the same way, at the same price."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from benchmarks.__main__ import main
from benchmarks.engine.cell import Cell, execute, instance
from benchmarks.engine.contestants import enlist
from benchmarks.engine.objective import BudgetSpent, Objective, Record
from benchmarks.errors import MissingExtra, UnknownOptimizer
from benchmarks.guests import guest

BUDGET = 30
HEAVY = {"momentum": 0.9}
PLAIN = {"weight_decay": 0.0}
ADAM, BETAS = {"beta1": 0.9, "beta2": 0.99}, {"b1": 0.9, "b2": 0.99}
PROBLEMS = ("booth", "digits-softmax")
"""Parameters in one vector, and in a dict."""
STEP = 1e-2


def losses(spec, problem, **chosen):
    """The loss at every point where the gradient was taken."""
    drawn, start = instance(problem, 1)
    record = Record(start)
    minimizer = enlist(spec).prepare(chosen, start)
    with pytest.raises(BudgetSpent):
        minimizer(Objective(drawn, record, BUDGET, 1))
        raise BudgetSpent  # some hand their message back
    return record.values


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize(
    ("theirs", "chosen", "ours", "own"),
    [
        ("torch:SGD", {"lr": STEP, "momentum": 0.0}, "gradient descent", {"lr": STEP}),
        ("torch:SGD", {"lr": STEP, **HEAVY}, "momentum", {"lr": STEP, **HEAVY}),
        ("torch:Adam", {"lr": STEP, **ADAM}, "Adam", {"lr": STEP, **ADAM}),
        ("optax:sgd", {"learning_rate": STEP, **HEAVY}, "momentum", {"lr": STEP, **HEAVY}),
        ("optax:adam", {"learning_rate": STEP, **BETAS}, "Adam", {"lr": STEP, **ADAM}),
        ("optax:lion", {"learning_rate": STEP, **BETAS, **PLAIN}, "Lion", {"lr": STEP, **ADAM}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_guest_takes_the_way_of_our_own(problem, theirs, chosen, ours, own):
    pytest.importorskip(theirs.partition(":")[0])
    found, due = losses(theirs, problem, **chosen), losses(ours, problem, **own)
    assert len(found) == len(due) == BUDGET
    np.testing.assert_allclose(found, due, rtol=1e-9)


@pytest.mark.parametrize("plain", ["torch:Adam", "optax:adam"])
def test_nobody_minimizes_another_loss_by_default(plain):
    pytest.importorskip(plain.partition(":")[0])
    rate = "lr" if plain.startswith("torch") else "learning_rate"
    own = ADAM if plain.startswith("torch") else BETAS
    chosen = {rate: STEP, **own}
    decaying = "torch:AdamW" if plain.startswith("torch") else "optax:adamw"
    assert losses(decaying, "booth", **chosen) == losses(plain, "booth", **chosen)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("torch:Adam", "Adam"), ("torch:RMSprop", "RMSProp"), ("torch:SGD", "momentum"),
        ("optax:adam", "Adam"), ("optax:rmsprop", "RMSProp"), ("optax:sgd", "momentum"),
        ("optax:adabelief", "AdaBelief"), ("optax:lion", "Lion"),
    ],
)  # fmt: skip
def test_a_guest_is_searched_where_our_own_is(theirs, ours):
    """The same quantities, each in its one range, so that equal trials are equal tuning."""
    pytest.importorskip(theirs.partition(":")[0])

    def searched(spec):
        return sorted(quantity.name for quantity in enlist(spec).space.values())

    assert searched(theirs) == searched(ours)


@pytest.mark.parametrize("library", ["torch", "optax", "scipy"])
def test_everyone_a_library_can_send_can_race(library):
    """With hyperparameters in the middle of their ranges, on a problem with matrices in it."""
    module = pytest.importorskip(f"benchmarks.guests.{library}")
    pytest.importorskip(library)
    for name in module.names():
        contestant = enlist(f"{library}:{name}")
        middle = tuple((n, q.range.at(0.5)) for n, q in contestant.space.items())
        run = Cell("digits-softmax", contestant.name, "tuning", middle, 0, 4)
        row = execute(run)
        needs_matrices = "only supports 2D" in row.message
        assert row.status != "raised" or needs_matrices, (name, row.message)


def test_no_tolerance_ends_a_guest_of_scipy_before_its_budget():
    for name in ("CG", "BFGS", "L-BFGS-B"):
        row = execute(Cell("quadratic", f"scipy:{name}", "report", (), 0, 400))
        assert row.gap is not None and row.gap < 1e-11, name


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize(
    ("spec", "chosen"),
    [
        ("torch:SGD", {"lr": STEP}),
        ("torch:LBFGS", {"lr": 0.5}),
        ("optax:lion", {"learning_rate": STEP}),
        ("scipy:CG", {}),
        ("scipy:BFGS", {}),
    ],
)
def test_the_budget_of_a_guest_is_exact_and_it_makes_progress(problem, spec, chosen):
    pytest.importorskip(spec.partition(":")[0])
    for budget in (1, 4):
        row = execute(Cell(problem, spec, "report", tuple(chosen.items()), 1, budget))
        assert (row.status, row.gradients, row.kind) == ("ok", budget, "guest"), row.message
    assert row.optimizer == spec and row.curve[-1] < row.curve[0]


def test_a_guest_that_raises_is_a_row_with_its_words():
    pytest.importorskip("torch")
    row = execute(Cell("booth", "torch:Muon", "report", (("lr", STEP),), 1, 5))
    assert (row.status, row.gradients) == ("raised", 0)
    assert row.message.startswith("ValueError: Muon only supports 2D parameters")
    row = execute(Cell("booth", "torch:SGD", "report", (("lr", -1.0),), 1, 5))
    assert (row.status, row.gradients) == ("raised", 0) and "ValueError" in row.message


@pytest.mark.parametrize(
    ("spec", "names"),
    [
        ("torch:Adan", "torch has no optimizer 'Adan' here. Names: .*Adam, AdamW.*SGD"),
        ("torch:Optimizer", "torch has no optimizer 'Optimizer'"),
        ("optax:chain", "optax has no optimizer 'chain' here. Names: .*adam.*lion"),
        ("scipy:Nelder-Mead", "Names: CG, BFGS, L-BFGS-B, TNC, SLSQP"),
    ],
)
def test_a_guest_that_nobody_knows_is_answered_with_names(spec, names):
    pytest.importorskip(spec.partition(":")[0])
    with pytest.raises(UnknownOptimizer, match=names):
        guest(spec)


@pytest.mark.parametrize(
    ("spec", "library", "extras"),
    [("torch:SGD", "torch", "bench,torch"), ("optax:lion", "optax", "bench,jax")],
)
def test_a_guest_without_its_library_names_the_extra(spec, library, extras, monkeypatch):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingExtra, match=rf"needs '{library}'.*hermosis\[{extras}\]"):
        guest(spec)


def test_guests_enter_by_name(tmp_path, capsys):
    pytest.importorskip("torch")
    asked = ["booth", "--optimizer", "torch:Adam", "--optimizer", "scipy:CG", "--budget", "8"]
    sizes = ["--trials", "4", "--seeds", "1", "--jobs", "1"]
    assert main([*asked, *sizes, "-o", str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "torch:Adam" in told and "scipy:CG" in told
