"""Optimizers for an H that does not split, in time τ: order 2 against the flow, and refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hermosis as hm
from hermosis.errors import GradientPlaceError, HyperparameterError
from hermosis.integrators import ImplicitMidpoint, Tao


class Metric(hm.Hamiltonian):
    """Masses that grow with the weights: K = (β/2k) Σ X²/(1 + a w²)."""

    a: float = 0.5

    def energy(self, w: Any, X: Any, U: Any, beta: Any, L: Any) -> Any:
        kinetic = beta / (2 * hm.k) * hm.total(X**2 / (1 + self.a * w**2))
        return kinetic + self.potential(L, w, beta) + self.thermal(U, beta)


H = Metric(a=0.8, profile=hm.Exponential(0.4))
START = np.array([1.0, -0.6])
SCHEMES = {"ImplicitMidpoint": "ImplicitMidpoint", "Tao": Tao(omega=4.0)}
every_scheme = pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES)


def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
    return float(np.sum(w**4) / 4 + w[0] * w[1] / 3), w**3 + w[::-1] / 3


def end(scheme: Any, steps: int, **options: Any) -> Any:
    opt = H.optimizer(step=1.0 / steps, integrator=scheme)
    return hm.minimize(loss, START, opt, jac=True, steps=steps, **options)


@every_scheme
def test_halving_the_step_shows_order_two(scheme: Any) -> None:
    due = H.flow(loss, START, t=1.0, jac=True).w[-1]
    errors = [np.max(np.abs(end(scheme, steps).x - due)) for steps in (40, 80)]
    assert errors[1] < 1e-3 and abs(np.log2(errors[0] / errors[1]) - 2) < 0.2


@every_scheme
def test_the_trace_holds_the_conserved_energy(scheme: Any) -> None:
    drifts = []
    for steps in (40, 80):
        trace = end(scheme, steps).trace
        assert len(trace) == len(trace.energy) == steps + 1
        drifts.append(np.max(np.abs(trace.energy - trace.energy[0])))
    assert drifts[0] < 1e-2 and 3 < drifts[0] / drifts[1] < 5


@every_scheme
def test_a_run_goes_downhill_in_any_structure(scheme: Any) -> None:
    def fun(w: Any) -> tuple[float, Any]:
        value, gradient = loss(np.append(w["a"], w["b"]))
        return value, {"a": gradient[:1], "b": gradient[1]}

    w0 = {"a": START[:1].copy(), "b": np.array(START[1])}
    opt = H.optimizer(step=0.1, integrator=scheme)
    result = hm.minimize(fun, w0, opt, jac=True, steps=20)
    assert result.status == 1 and result.fun < loss(START)[0]
    flat = hm.minimize(loss, START, opt, jac=True, steps=20)
    assert np.append(result.x["a"], result.x["b"]) == pytest.approx(flat.x, abs=1e-12)
    assert np.array_equal(w0["a"], START[:1])


def test_the_evaluations_are_counted() -> None:
    count = 0

    def fun(w: np.ndarray) -> tuple[float, np.ndarray]:
        nonlocal count
        count += 1
        return loss(w)

    opt = H.optimizer(step=0.1, integrator=ImplicitMidpoint())
    assert hm.minimize(fun, START, opt, jac=True, steps=5).nfev == count > 10


@every_scheme
def test_one_gradient_is_not_enough(scheme: Any) -> None:
    opt = H.optimizer(step=0.1, integrator=scheme)
    w = START.copy()
    state = opt.init(w)
    with pytest.raises(GradientPlaceError, match="use hm.minimize, or"):
        opt.step(w, np.ones(2), state)
    with pytest.raises(GradientPlaceError, match="solves for its step and has no update rule"):
        opt.rule
    assert np.array_equal(w, START) and state.step == 0


@every_scheme
def test_only_the_physical_form_is_known(scheme: Any) -> None:
    for options in (
        {"lr": 0.1},
        {"lr": 0.1, "momentum": 0.9},
        {"step": 0.1, "weight_decay": 0.1},
        {},
    ):
        with pytest.raises(HyperparameterError, match=r"give optimizer\(step=…\) alone, and put"):
            H.optimizer(integrator=scheme, **options)
    for bad in (-0.1, float("nan"), "x"):
        with pytest.raises(HyperparameterError, match="Metric: step is"):
            H.optimizer(integrator=scheme, step=bad)


@every_scheme
def test_a_profile_that_begins_at_no_mass_is_refused(scheme: Any) -> None:
    opt = Metric(profile=hm.Power(3)).optimizer(step=0.1, integrator=scheme)
    with pytest.raises(HyperparameterError, match="begins at a positive thermal mass"):
        opt.init(START.copy())


@every_scheme
def test_a_step_that_fails_leaves_everything(scheme: Any) -> None:
    opt = H.optimizer(step=0.1, integrator=scheme)
    w = START.copy()
    state = opt.init(w)
    opt.advance(w, state, loss)
    before = w.copy(), [a.copy() for own in state.arrays.values() for a in own], dict(state.scalars)

    def broken(w: np.ndarray) -> tuple[float, np.ndarray]:
        raise ZeroDivisionError("the user's own")

    with pytest.raises(ZeroDivisionError):
        opt.advance(w, state, broken)
    after = w, [a for own in state.arrays.values() for a in own], state.scalars
    assert np.array_equal(before[0], after[0]) and before[2] == after[2]
    assert all(map(np.array_equal, before[1], after[1])) and state.step == 1


@every_scheme
def test_a_loss_that_is_not_finite_ends_the_run(scheme: Any) -> None:
    calls = 0

    def fun(w: np.ndarray) -> tuple[float, np.ndarray]:
        nonlocal calls
        calls += 1
        return (np.nan, np.full(2, np.nan)) if calls > 30 else loss(w)

    opt = H.optimizer(step=0.1, integrator=scheme)
    result = hm.minimize(fun, START, opt, jac=True, steps=50)
    assert result.status == 3 and np.all(np.isfinite(result.x))
