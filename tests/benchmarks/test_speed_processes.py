"""Cold starts are told apart by what their processes say, ensembles by their last points."""

import math
import sys
from types import SimpleNamespace

import numpy as np
import pytest

import hermosis as hm
from benchmarks.speed import start
from benchmarks.speed.ensemble import LR, STEPS, Runs, _Vectors, cases, double_well
from benchmarks.speed.methods import METHODS
from benchmarks.speed.plan import Plan
from benchmarks.speed.row import OK, Row
from benchmarks.speed.start import Program

ROW = Row("start", "Adam", "float64", 1_000, "", 1)
PLAN = Plan(("ensemble",), repeats=1, methods=("momentum", "RGD", "Adam"), largest=50, seconds=0)


def program(body):
    return Program("mine", f"import os, sys, time\n{body}\nprint(time.monotonic(), symbolic)")


def clocked(body):
    return start.compare(ROW, "Adam", 1, (program(body),))


def test_both_processes_have_a_time_and_the_second_finds_what_the_first_left():
    first, second = clocked(
        "path = os.environ['HERMOSIS_CACHE'] + '/left'\n"
        "time.sleep(0 if os.path.exists(path) else 0.5)\n"
        "open(path, 'w').close()\n"
        "symbolic = False"
    )
    assert (first.contestant, second.contestant) == ("mine, first process", "mine, second process")
    assert first.status == second.status == OK
    assert first.median_s > 0.5 and second.median_s < first.median_s


def test_a_second_process_that_imports_sympy_has_a_status_and_no_time():
    first, second = clocked("symbolic = True")
    assert first.counts
    assert second.status.startswith("imported SymPy") and not second.counts


def test_a_process_that_fails_says_why():
    first, second = clocked("raise SystemExit('no luck')")
    assert first.status == second.status == "raised no luck"


@pytest.fixture
def ensemble(monkeypatch):
    """Give hermosis an ensemble that answers as it is told to, and take JAX away."""

    def answering(shift=0.0, wrong_loss=0.0):
        def ensemble(fun, starts, opt, steps):
            method = {"SGD": "momentum", "Relativistic": "RGD"}.get(opt.name, opt.name)
            vectors = _Vectors(Runs(METHODS[method].at(lr=LR), len(starts), steps, 1))
            vectors.run(1)
            x = vectors.values() + shift
            return SimpleNamespace(x=x, fun=fun(*x.T) + wrong_loss)

        monkeypatch.setitem(vars(hm), "ensemble", ensemble)
        monkeypatch.setitem(vars(hm), "symbolic", lambda fun: fun)
        return {(row.method, row.contestant): row for c in cases(PLAN) for row in c.measure()}

    monkeypatch.setitem(sys.modules, "jax", None)
    return answering


def test_an_ensemble_that_agrees_is_timed(ensemble):
    rows = ensemble()
    for method in PLAN.methods:
        assert rows[method, "hermosis"].counts and rows[method, "Numba loop by hand"].counts
        assert rows[method, "optax, jit(vmap(scan))"].status == "missing: jax"


def test_an_ensemble_that_ends_elsewhere_is_wrong(ensemble):
    assert ensemble(shift=1e-5)["Adam", "hermosis"].status.startswith("disagrees: 1.0e-05 apart")


def test_an_ensemble_whose_losses_are_not_those_of_its_points_is_wrong(ensemble):
    status = ensemble(wrong_loss=1e-5)["RGD", "hermosis"].status
    assert status.startswith("disagrees: fun is 1.0e-05 from the loss")


@pytest.mark.parametrize("name", PLAN.methods)
def test_one_member_by_hand_is_a_run_of_hermosis(name):
    runs = Runs(METHODS[name].at(lr=LR), 3, STEPS, 1)
    vectors = _Vectors(runs)
    vectors.run(1)

    def slope(w):
        return np.array([4 * w[0] * (w[0] ** 2 - 1), 2 * w[1]])

    for begin, end in zip(runs.starts, vectors.values(), strict=True):
        w, opt = begin.copy(), runs.method.optimizer(backend="numpy")
        state = opt.init(w)
        for _ in range(STEPS):
            opt.step(w, slope(w), state)
        assert math.isclose(double_well(*w), double_well(*end), abs_tol=1e-9)
        assert np.allclose(w, end, rtol=0, atol=1e-9)
