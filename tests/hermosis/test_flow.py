"""The continuous flow, the reference of every integrator, against exact solutions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hermosis as hm
from hermosis.errors import HyperparameterError, MissingGradientError
from hermosis.model import hamiltonians


def bowl(w: np.ndarray) -> tuple[float, np.ndarray]:
    return 0.5 * float(w @ w), w


def quartic(w: np.ndarray) -> tuple[float, np.ndarray]:
    return float(np.sum(w**4) / 4 + w[0] * w[-1] / 3), w**3 + w[::-1] / 3


START = np.array([1.0, -0.7])


class Metric(hm.Hamiltonian):
    def energy(self, w: Any, X: Any, U: Any, beta: Any, L: Any) -> Any:
        kinetic = beta / (2 * hm.k) * hm.total(X**2 / (1 + w**2))
        return kinetic + self.potential(L, w, beta) + self.thermal(U, beta)


SYSTEMS = {
    "classical": hm.Hamiltonian(profile=hm.Exponential(0.3)),
    "constant": hm.Hamiltonian(profile=hm.Constant()),
    "relativistic": hamiltonians.Relativistic(delta=2.0, profile=hm.Exponential(0.3)),
    "the paper's": hamiltonians.PaperRelativistic(profile=hm.Exponential(0.3)),
    "metric": Metric(profile=hm.Exponential(0.3)),
    "power": hm.Hamiltonian(profile=hm.Power(3.0)),
    "hot start": hm.Hamiltonian(profile=hm.HotStart(0.3)),
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_flow_conserves_its_hamiltonian(name: str) -> None:
    begin = 0.5 if name in ("power", "hot start") else None
    flow = SYSTEMS[name].flow(quartic, START, t=5.0, jac=True, X0=np.array([0.2, 0.5]), beta0=begin)
    assert flow.t[0] == 0 and flow.t[-1] == 5.0 and len(flow.t) == 201
    assert np.max(np.abs(flow.energy - flow.energy[0])) < 1e-8 * max(1, abs(flow.energy[0]))
    assert flow.energy_at(flow.w[-1], flow.X[-1]) == pytest.approx(flow.energy[-1])


def test_the_harmonic_oscillator() -> None:
    """−h w' = X and h X' = w at constant temperature: w = cos t, X = sin t."""
    flow = SYSTEMS["constant"].flow(bowl, START, t=6.0, jac=True)
    assert flow.w == pytest.approx(np.outer(np.cos(flow.t), START), abs=1e-8)
    assert np.allclose(flow.X, np.outer(np.sin(flow.t), START), rtol=0, atol=1e-8)
    assert np.all(flow.beta == 1.0)


@pytest.mark.parametrize("gamma", [0.5, 2.0, 3.0])
def test_the_damped_oscillator(gamma: float) -> None:
    """w'' + γw' + w = 0 from rest, below, at and above critical damping; β = e^{γt}."""
    flow = hm.Hamiltonian(profile=hm.Exponential(gamma)).flow(bowl, np.ones(1), t=4.0, jac=True)
    t, root = flow.t, np.emath.sqrt(gamma**2 / 4 - 1)
    if root == 0:
        due = np.exp(-gamma * t / 2) * (1 + gamma * t / 2)
    else:
        swing = np.cosh(root * t) + gamma / (2 * root) * np.sinh(root * t)
        due = np.exp(-gamma * t / 2) * np.real(swing)
    assert flow.w[:, 0] == pytest.approx(due, abs=1e-8)
    assert flow.beta == pytest.approx(np.exp(gamma * t), rel=1e-8)


def test_the_speed_limit_of_the_relativistic_flow() -> None:
    flow = hamiltonians.Relativistic(delta=4.0).flow(
        lambda w: (100 * float(np.sum(w)), np.full(1, 100.0)), np.zeros(1), t=1.0, jac=True
    )
    speed = np.abs(np.diff(flow.w[:, 0]) / np.diff(flow.t))
    assert 0.49 < speed[-1] <= 0.5 + 1e-9


def test_small_steps_of_a_word_follow_the_flow() -> None:
    H = SYSTEMS["relativistic"]
    flow = H.flow(quartic, START, t=1.0, jac=True)
    opt = H.optimizer(step=1e-3, integrator="Leapfrog", backend="numpy")
    assert hm.minimize(quartic, START, opt, jac=True, steps=1000).x == pytest.approx(
        flow.w[-1], abs=1e-6
    )


def test_parameter_sets_are_raveled_in_order() -> None:
    def fun(w: Any) -> tuple[float, Any]:
        return bowl(np.append(w["a"].ravel(), w["b"][0]))[0], w

    w0 = {"a": np.array([[1.0, 2.0]]), "b": [np.array(3.0)]}
    flow = SYSTEMS["constant"].flow(fun, w0, t=np.pi, jac=True, points=3)
    assert flow.w.shape == flow.X.shape == (3, 3)
    assert flow.w[-1] == pytest.approx([-1.0, -2.0, -3.0], abs=1e-8)
    two = SYSTEMS["constant"].flow(
        lambda w: fun(w)[0], w0, t=np.pi, jac=lambda w: fun(w)[1], points=3
    )
    assert np.array_equal(two.w, flow.w)


def test_what_the_flow_refuses() -> None:
    with pytest.raises(MissingGradientError, match="the flow needs the gradient of the loss; pass"):
        SYSTEMS["classical"].flow(lambda w: 0.0, START)
    for name in ("power", "hot start"):
        with pytest.raises(HyperparameterError, match="begins at β = 0, .* give a positive beta0"):
            SYSTEMS[name].flow(bowl, START, jac=True)
