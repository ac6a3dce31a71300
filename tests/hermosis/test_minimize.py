"""Whole runs: what comes back, how a run ends, and how often the objective is asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.optimize import OptimizeResult

import hermosis as hm
from hermosis import optimizers
from hermosis.errors import HyperparameterError, MissingGradientError, StructureError
from hermosis.run.optimizer import Optimizer

SCALES = np.array([1.0, 4.0, 0.5])
START = np.array([1.0, -2.0, 3.0])
WORDS = ["C K D", "[CK] D", "C D K", "C/2 D/2 K D/2 C/2", "K/2 C D K/2", "D/4 K/2 D/2 K/2 D/4 C"]
every_word = pytest.mark.parametrize("word", WORDS)


class Bowl:
    """½ Σ aᵢwᵢ², which counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, w: np.ndarray) -> tuple[float, np.ndarray]:
        self.calls += 1
        return 0.5 * float(w @ (SCALES * w)), SCALES * w


def of_word(word: str) -> Optimizer:
    return hm.Hamiltonian().optimizer(lr=0.05, momentum=0.8, integrator=word, backend="numpy")


@every_word
def test_the_result_has_all_that_scipy_has_and_more(word: str) -> None:
    bowl = Bowl()
    result = hm.minimize(bowl, START, of_word(word), jac=True, steps=200)
    assert isinstance(result, OptimizeResult)
    assert (result.status, result.success, result.nit) == (1, True, 200)
    assert "steps" in result.message
    value, gradient = bowl(result.x)
    assert result.fun == value and np.array_equal(result.jac, gradient)
    assert result.fun_best <= result.fun
    assert bowl(result.x_best)[0] == result.fun_best
    assert result.state.step == 200
    assert result.nfev == result.njev == bowl.calls - 2


@every_word
def test_the_trace_has_one_entry_for_each_step_and_one_for_the_end(word: str) -> None:
    result = hm.minimize(Bowl(), START, of_word(word), jac=True, steps=30, ledger=True, keep=True)
    trace = result.trace
    assert len(trace) == len(trace.fun) == len(trace.grad_norm) == len(trace.w) == 31
    for series in (trace.kinetic, trace.potential, trace.heat, trace.energy, trace.drift):
        assert series is not None and len(series) == 31 and np.all(np.isfinite(series))
    for point, value, norm in zip(trace.w, trace.fun, trace.grad_norm, strict=True):
        due, gradient = Bowl()(point)
        assert (value, norm) == pytest.approx((due, float(np.linalg.norm(gradient))))
    assert trace.fun[-1] == result.fun
    assert np.array_equal(trace.w[-1], result.x)


@every_word
def test_gradients_counted_are_gradients_called(word: str) -> None:
    opt = of_word(word)
    bowl = Bowl()
    result = hm.minimize(bowl, START, opt, jac=True, steps=50, ledger=False)
    assert result.nfev == bowl.calls
    assert 0 <= bowl.calls - 50 * opt.rule.gradients_per_step <= 1
    assert result.trace.energy is None


@every_word
def test_the_ledger_asks_for_a_loss_only_where_no_gradient_is_taken(word: str) -> None:
    opt = of_word(word)
    plain = hm.minimize(Bowl(), START, opt, jac=True, steps=20, ledger=False)
    kept = hm.minimize(Bowl(), START, opt, jac=True, steps=20, ledger=True)
    assert np.array_equal(plain.x, kept.x)
    rule = opt.rule
    free = rule.gradient_at_start or rule.starts_with_gradient
    if free:
        assert kept.nfev == plain.nfev
        assert hm.minimize(Bowl(), START, opt, jac=True, steps=20).trace.energy is not None
    else:
        assert plain.nfev < kept.nfev <= plain.nfev + 21
        assert hm.minimize(Bowl(), START, opt, jac=True, steps=20).trace.energy is None


def test_the_start_is_not_changed_and_structures_are_kept() -> None:
    w0 = {"a": START.copy(), "b": [np.ones((2, 2))]}

    def fun(w: Any) -> tuple[float, Any]:
        value, gradient = Bowl()(w["a"])
        return value + float(np.sum(w["b"][0])), {"a": gradient, "b": [np.ones((2, 2))]}

    result = hm.minimize(fun, w0, of_word("C K D"), jac=True, steps=5)
    assert np.array_equal(w0["a"], START) and np.array_equal(w0["b"][0], np.ones((2, 2)))
    assert result.x["b"][0].shape == (2, 2) and not np.array_equal(result.x["a"], START)


def test_value_and_gradient_as_one_function_or_two() -> None:
    one = hm.minimize(Bowl(), START, of_word("C K D"), jac=True, steps=9)
    two = hm.minimize(
        lambda w: Bowl()(w)[0], START, of_word("C K D"), jac=lambda w: Bowl()(w)[1], steps=9
    )
    assert np.array_equal(one.x, two.x)
    method = of_word("C K D").minimize(Bowl(), START, jac=True, steps=9)
    assert np.array_equal(one.x, method.x)


@every_word
def test_a_tolerance_on_the_gradient_ends_the_run(word: str) -> None:
    result = hm.minimize(Bowl(), START, of_word(word), jac=True, steps=5000, tol=1e-3)
    assert (result.status, result.success) == (0, True)
    assert "tolerance" in result.message
    assert 0 < result.nit < 5000
    assert result.trace.grad_norm[-1] <= 1e-3 < result.trace.grad_norm[-2]


def test_no_steps_evaluate_the_start() -> None:
    result = hm.minimize(Bowl(), START, of_word("C K D"), jac=True, steps=0)
    assert (result.nit, result.nfev, len(result.trace)) == (0, 1, 1)
    assert np.array_equal(result.x, START)


# -- callbacks


def test_a_callback_sees_each_point() -> None:
    points: list[np.ndarray] = []
    result = hm.minimize(
        Bowl(), START, of_word("C K D"), jac=True, steps=6, callback=points.append, keep=True
    )
    assert len(points) == 7
    assert all(map(np.array_equal, points, result.trace.w))
    points[0][:] = 99.0
    assert not np.array_equal(result.trace.w[0], points[0])


def test_a_callback_may_ask_for_the_intermediate_result() -> None:
    seen: list[OptimizeResult] = []

    def callback(intermediate_result: OptimizeResult) -> None:
        seen.append(intermediate_result)

    hm.minimize(Bowl(), START, of_word("C K D"), jac=True, steps=4, callback=callback)
    assert [point.nit for point in seen] == [0, 1, 2, 3, 4]
    assert seen[0].fun == Bowl()(START)[0] and np.array_equal(seen[0].x, START)


@every_word
def test_a_callback_stops_the_run(word: str) -> None:
    count = 0

    def callback(xk: np.ndarray) -> None:
        nonlocal count
        count += 1
        if count == 4:
            raise StopIteration

    result = hm.minimize(Bowl(), START, of_word(word), jac=True, steps=100, callback=callback)
    assert (result.status, result.success) == (99, False)
    assert "callback" in result.message
    assert len(result.trace) == 4 and result.nit == 3


# -- divergence


def quartic(w: np.ndarray) -> tuple[float, np.ndarray]:
    with np.errstate(over="ignore"):
        return float(np.sum(w**4)), 4 * w**3


DIVERGING = {
    "SGD": optimizers.SGD(lr=10.0, backend="numpy"),
    "Momentum": optimizers.Momentum(lr=10.0, backend="numpy"),
    "leapfrog": hm.Hamiltonian().optimizer(
        lr=10.0, momentum=0.9, integrator="Leapfrog", backend="numpy"
    ),
    "Adam": optimizers.Adam(lr=1e300, backend="numpy"),
    "huge": optimizers.SGD(lr=1e308, backend="numpy"),
}


@pytest.mark.parametrize("name", DIVERGING)
def test_a_run_that_diverges_says_so(name: str) -> None:
    result = hm.minimize(quartic, np.array([1.0, -2.0]), DIVERGING[name], jac=True, steps=500)
    assert (result.status, result.success) == (3, False)
    assert "diverged" in result.message
    assert np.all(np.isfinite(result.trace.fun))
    assert np.array_equal(result.x_best, [1.0, -2.0]) and result.fun_best == 17.0


@pytest.mark.parametrize("word", ["C K D", "C/2 D/2 K D/2 C/2"])
@pytest.mark.parametrize(
    "bad", [(np.nan, np.ones(3)), (1.0, np.full(3, np.nan)), (np.inf, np.full(3, np.inf))]
)
def test_an_objective_that_is_not_finite_ends_the_run(word: str, bad: Any) -> None:
    calls = 0

    def fun(w: np.ndarray) -> tuple[float, np.ndarray]:
        nonlocal calls
        calls += 1
        return bad if calls == 5 else Bowl()(w)

    result = hm.minimize(fun, START, of_word(word), jac=True, steps=100)
    assert result.status == 3 and calls == 5
    assert len(result.trace) == 4 and np.all(np.isfinite(result.trace.fun))
    assert np.all(np.isfinite(result.x))


def test_the_best_point_is_not_the_last() -> None:
    opt = hm.Hamiltonian(profile=hm.Constant()).optimizer(lr=0.5, backend="numpy")
    result = hm.minimize(Bowl(), START, opt, jac=True, steps=37)
    assert result.fun_best == np.min(result.trace.fun) < result.fun
    assert Bowl()(result.x_best)[0] == result.fun_best


# -- refusals


def test_without_a_gradient() -> None:
    for jac in (None, False, "2-point"):
        with pytest.raises(MissingGradientError, match=r"no gradient was given; pass jac=gradient"):
            hm.minimize(lambda w: 0.0, START, of_word("C K D"), jac=jac)


def test_bad_starts_and_counts() -> None:
    with pytest.raises(HyperparameterError, match="steps is -1; give a whole number of at least 0"):
        hm.minimize(Bowl(), START, of_word("C K D"), jac=True, steps=-1)
    for start in (np.ones(3, complex), ["a", 2.0], "abc", None):
        with pytest.raises(StructureError, match="parameters"):
            hm.minimize(Bowl(), start, of_word("C K D"), jac=True)
    with pytest.raises(StructureError, match=r"the gradient has shape \(2,\)"):
        hm.minimize(lambda w: (0.0, np.ones(2)), START, of_word("C K D"), jac=True)


def test_errors_of_the_objective_are_the_users_own() -> None:
    def broken(w: np.ndarray) -> tuple[float, np.ndarray]:
        raise KeyError("mine")

    for word in WORDS[:4]:
        with pytest.raises(KeyError, match="mine"):
            hm.minimize(broken, START, of_word(word), jac=True)
