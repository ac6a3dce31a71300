"""Thermal profiles as users give them, built in or their own."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import hermosis as hm
from hermosis.errors import DefinitionError, HyperparameterError, ThermalProfileError


class Slowing(hm.Profile):
    """β = (1 + γt/2)²: friction γ/√β."""

    gamma: float = 0.5

    def rate(self, beta: Any) -> Any:
        return self.gamma * hm.sqrt(beta)


def run(profile: hm.Profile, steps: int, tau: float, word: str = "C K D") -> np.ndarray:
    """Steps of the classical system under a constant gradient of one, from rest."""
    opt = hm.Hamiltonian(profile=profile).optimizer(step=tau, integrator=word, backend="numpy")
    w = np.zeros(1)
    state = opt.init(w)
    for _ in range(steps):
        opt.step(w, np.ones(1), state)
    return np.array([w[0], state.arrays["X"][0][0]])


@pytest.mark.parametrize("word", ["C K D", "[CK] D"])
def test_moments_follow_decay_and_impulse(word: str) -> None:
    """X ← decay·X + τ (or the exact impulse), for each profile by its own formula of β(t)."""
    tau, mass = 0.25, {}
    mass["exponential"] = hm.Exponential(0.8), lambda t: math.exp(0.8 * t), 0
    mass["power"] = hm.Power(3.0), lambda t: t**3, 0
    mass["hot"] = hm.HotStart(0.8), lambda t: math.expm1(0.8 * t), 1
    mass["slowing"] = Slowing(0.8), lambda t: (1 + 0.4 * t) ** 2, 0
    for profile, beta, extra in mass.values():
        t, X = 0.0, 0.0
        for _ in range(4):
            end = t + tau
            fine = (np.arange(20_000) + 0.5) * tau / 20_000 + t
            joint = float(np.mean([beta(s) + extra for s in fine])) * tau / beta(end)
            push = joint if word == "[CK] D" else tau * (beta(end) + extra) / beta(end)
            X, t = X * beta(t) / beta(end) + push, end
        assert run(profile, 4, tau, word)[1] == pytest.approx(X, rel=1e-7)


def test_the_hot_start_is_the_bias_corrected_moving_average() -> None:
    """Of gradients g₁, g₂, …: (1 − b)Σ b^{n−i} g_i / (1 − bⁿ), as in Adam."""
    b, gradients = 0.9, np.array([1.0, -2.0, 0.5, 3.0])
    opt = hm.Hamiltonian(profile=hm.HotStart()).optimizer(
        lr=0.1, momentum=b, integrator="[CK] D", backend="numpy"
    )
    w = np.zeros(1)
    state = opt.init(w)
    for n in range(1, 5):
        opt.step(w, gradients[n - 1 : n].copy(), state)
        weights = (1 - b) * b ** np.arange(n - 1, -1, -1) / (1 - b**n)
        assert state.arrays["X"][0][0] == pytest.approx(weights @ gradients[:n], rel=1e-14)


@pytest.mark.parametrize("word", ["C K D", "[CK] D", "C/2 D/2 K D/2 C/2"])
@pytest.mark.parametrize("profile", [hm.Exponential(0.5), hm.HotStart(0.5), hm.Power(3)])
def test_long_runs_do_not_overflow(profile: hm.Profile, word: str) -> None:
    opt = hm.Hamiltonian(profile=profile).optimizer(step=1.0, integrator=word, backend="numpy")
    w = np.ones(2)
    state = opt.init(w)
    for time in (0.0, 1e3, 1e5):
        state.time = time
        for _ in range(2):
            opt.advance(w, state, lambda w: (float(w @ w) / 200, w / 100))
    assert np.all(np.isfinite(w)) and np.all(np.isfinite(state.arrays["X"][0]))


def test_a_long_run_with_the_ledger_does_not_diverge() -> None:
    """The raw masses e^{γt} of a joint flow once overflowed after a thousand steps."""
    opt = hm.optimizers.MovingAverage(lr=0.01, momentum=0.5, backend="numpy")
    result = hm.minimize(lambda w: (float(w @ w) / 2, w), np.ones(2), opt, jac=True, steps=1200)
    assert result.status == 1 and np.all(np.isfinite(result.trace.drift))


def test_laws() -> None:
    assert str(hm.Exponential().law().mass) == "exp(gamma*t)"
    assert str(hm.Constant().law().mass) == "1"
    assert str(Slowing().law().mass) == "(gamma*t + 2)**2/4"
    assert hm.HotStart().law().start == 0


def test_profiles_are_values() -> None:
    assert hm.Exponential(0.1) == hm.Exponential(gamma=0.1) != hm.Exponential(0.2)
    assert repr(hm.Power(3)) == "Power(n=3, b=1.0)"
    with pytest.raises(HyperparameterError, match="Exponential: gamma is -1"):
        hm.Exponential(-1)


def test_a_profile_that_says_nothing_is_refused() -> None:
    class Silent(hm.Profile):
        pass

    with pytest.raises(DefinitionError, match=r"Silent does not say how it cools; define rate"):
        Silent().law()


def test_a_profile_without_closed_form_is_refused_when_it_is_derived() -> None:
    class Wild(hm.Profile):
        def rate(self, beta: Any) -> Any:
            return beta**3 + beta + 1

    H = hm.Hamiltonian(profile=Wild())
    assert H.equations().beta is not None
    with pytest.raises(ThermalProfileError, match=r"gives no β\(t\) in closed form"):
        H.optimizer(step=0.1)
