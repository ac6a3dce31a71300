"""Metrics: the flow of their moments against SciPy, and what they make of a kinetic energy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

import hermosis as hm
from derivations.algebra.components import norm2, slope, total
from derivations.algebra.symbols import (
    Component,
    G,
    L,
    U,
    X,
    averaging,
    beta,
    beta_g,
    gamma,
    gamma_g,
    k,
    parameter,
    s,
    t,
    tau,
    w,
)  # fmt: skip
from derivations.errors import EnergyError
from derivations.step.composition import compose
from derivations.step.parametrisation import lr_form
from derivations.system import energies, metrics
from derivations.system.energy import Energy
from derivations.system.flows import flow
from derivations.system.metric import Metric
from derivations.system.thermal import ThermalLaw

V, M = Component("V", nonnegative=True), Component("M")
eps = parameter("eps")


class Slowing(hm.Profile):
    """A user's own: β = (1 + gt/2)²."""

    g: float = 0.5

    def rate(self, beta):
        return self.g * hm.sqrt(beta)


#: A profile, and its friction d ln β/dt as theory has it.
PROFILES: dict[str, tuple[hm.Profile, Callable[[float], float]]] = {
    "Constant": (hm.Constant(), lambda t: 0.0),
    "Exponential": (hm.Exponential(0.5), lambda t: 0.5),
    "Power": (hm.Power(3.0, 0.5), lambda t: 3 / t),
    "HotStart": (hm.HotStart(0.5, 0.75), lambda t: 0.5 / (1 - np.exp(-0.5 * t))),
    "Slowing": (Slowing(0.5), lambda t: 0.5 / (1 + 0.25 * t)),
}


@pytest.mark.parametrize("name", PROFILES)
@given(
    value=st.floats(0, 4), slope=st.floats(-3, 3), begin=st.floats(0.5, 3), span=st.floats(0.1, 2)
)
def test_the_flow_of_a_moment_solves_its_equation(
    name: str, value: float, slope: float, begin: float, span: float
) -> None:
    profile, friction = PROFILES[name]
    law = hm.metrics.RootMeanSquare(profile=profile).law()
    ((_, moved),) = Metric(((V, G**2),), sp.sqrt(V) + 1, law).moved()
    numbers = {parameter(f"{n}_g"): value for n, value in profile.hyperparameters().items()}
    found = float(moved.xreplace({V: value, G: slope, t: begin, s: span, **numbers}))
    due = solve_ivp(
        lambda time, v: friction(time) * (slope**2 - v), (begin, begin + span), [value],
        "DOP853", rtol=1e-12, atol=1e-13,
    )  # fmt: skip
    assert found == pytest.approx(due.y[0, -1], rel=1e-9, abs=1e-10)


@pytest.mark.parametrize("name", PROFILES)
def test_a_flow_that_is_checked_has_no_residuals(name: str) -> None:
    law = hm.metrics.RootMeanSquare(profile=PROFILES[name][0]).law()
    metric = Metric(((V, G**2), (M, G)), sp.sqrt(V) + 1, law)
    assert metric.residuals() == (0, 0)


def test_the_running_average_of_geometric_learning_dynamics() -> None:
    """⟨f⟩ₜ = f/(1 + T) + T/(1 + T)⟨f⟩ is exponential cooling with b = T/(1 + T)."""
    T = sp.Symbol("T", positive=True)
    law = ThermalLaw(gamma_g * beta)
    ((_, moved),) = Metric(((V, G**2),), sp.sqrt(V), law).moved()
    form = lr_form(ThermalLaw(gamma * beta), True, True, averaged=True)
    stepped = moved.subs(s, tau).subs(form).subs(averaging, T / (1 + T))
    assert sp.simplify(stepped - G**2 / (1 + T) - T / (1 + T) * V) == 0


def test_a_hot_start_is_the_corrected_average_as_a_formula() -> None:
    """After three steps from zero, Σ b^(3−i) gᵢ (1 − b)/(1 − b³)."""
    b = sp.Symbol("b", positive=True)
    gradients = sp.symbols("g1:4", real=True)
    ((_, moved),) = Metric(((M, G),), sp.Integer(1) + M**2).moved()
    now: sp.Expr = sp.S.Zero
    for step, gradient in enumerate(gradients):
        now = moved.xreplace({M: now, G: gradient, s: sp.S.One, gamma_g: -sp.log(b)}).subs(t, step)
    raw = sum((1 - b) * b ** (2 - i) * g for i, g in enumerate(gradients))
    assert sp.simplify(now - raw / (1 - b**3)) == 0


SCALED = {
    "classical": (energies.classical(X, beta), X / V),
    "relativistic": (
        energies.relativistic(X, beta, parameter("delta")),
        X / V / sp.sqrt(1 + parameter("delta") * total(X**2 / V)),
    ),
    "sign": (energies.componentwise_massless(X, beta), sp.sign(X) / sp.sqrt(V)),
    "norm": (
        energies.massless(X, beta, sp.S.Zero),
        X / V / sp.sqrt(total(X**2 / V)),
    ),
}


@pytest.mark.parametrize("name", SCALED)
def test_a_kinetic_energy_is_that_of_X_over_the_root_of_the_metric(name: str) -> None:
    kinetic, velocity = SCALED[name]
    positive = sp.Symbol("g", positive=True)
    metric = Metric(((V, G**2),), V)
    found = slope(metric.scaled(kinetic) * k / beta, X)
    gap = (found - velocity).xreplace({V: positive})
    assert sp.simplify(gap.subs({X: sp.Rational(3, 7), positive: sp.Rational(5, 3)}).doit()) == 0


def test_a_velocity_that_is_held_stays_and_its_kick_is_divided() -> None:
    """X is g⁻¹∇L, so κ keeps X: another metric at the next step leaves the velocity as it is."""
    metric = Metric(((V, G**2),), sp.sqrt(V) + eps, ThermalLaw(gamma_g * beta), holds_velocity=True)
    kinetic = energies.classical(X, beta)
    assert metric.scaled(kinetic) == kinetic
    law = ThermalLaw(gamma * beta)
    energy = Energy(kinetic, energies.potential(L, beta), energies.thermal(U, law.rate))
    rule = compose("C M K D", energy.in_metric(metric), law)
    rule = rule.subs(lr_form(law, True, False, averaged=True))
    after = rule.one_stage()
    assert sp.simplify(after[w] - (w - parameter("lr") * after[X])) == 0
    kick = after[X] - parameter("momentum") * X
    b = averaging
    assert sp.simplify(kick - G / (sp.sqrt(b * V + (1 - b) * G**2) + eps)) == 0


def test_records_keep_the_largest() -> None:
    R = Component("R", nonnegative=True)
    metric = Metric(((V, G**2),), sp.sqrt(R) + 1, records=((R, V),))
    assert metric.states == (V, R)
    assert metric.recorded() == ((R, sp.Max(R, V)),)
    terms = energies.classical(X, beta), energies.potential(L, beta), sp.S.Zero
    measured = flow("M", Energy(*terms, metric=metric), ThermalLaw(gamma * beta))
    assert measured.w == w and measured.X == X
    assert [x for x, _ in measured.moments] == [V] and [x for x, _ in measured.records] == [R]


def test_L2_decay_enters_the_drive() -> None:
    metric = Metric(((V, G**2),), sp.sqrt(V)).with_l2(parameter("rate"))
    assert metric.averages == ((V, (G + parameter("rate") * w) ** 2),)


@pytest.mark.parametrize("foreign", (L, U, beta, Component("other")))
def test_a_metric_of_foreign_symbols_is_refused(foreign: sp.Symbol) -> None:
    with pytest.raises(EnergyError, match="may use its own moments V, numbers and its thermal"):
        Metric(((V, G**2),), V * foreign)


def test_a_full_metric_needs_a_norm() -> None:
    from derivations.algebra.matrices import EIGENVALUE, Entry, QuadraticForm

    K = Entry("K")
    full = Metric(((K, G),), EIGENVALUE + eps, matrix=K)
    assert full.scaled(norm2(X)) == QuadraticForm(1 / (EIGENVALUE + eps), EIGENVALUE, K, X)
    with pytest.raises(EnergyError, match="measures the norm of X, but .* single components"):
        full.scaled(energies.componentwise_massless(X, beta))


def test_both_readings_of_the_interpolating_metrics_have_the_same_three_regimes() -> None:
    kappa = sp.Symbol("kappa", positive=True)
    numbers = sp.Rational(1, 100), sp.Integer(1), sp.Rational(1, 100)
    for one_root in (False, True):
        g = metrics.interpolating(kappa, *numbers, one_root)
        power = kappa * sp.diff(g, kappa) / g  # d ln g / d ln κ
        for at, due in (("1e-12", 0.0), ("1", 0.5), ("1e12", 1.0)):
            assert float(power.subs(kappa, sp.Float(at))) == pytest.approx(due, abs=0.02)
    c0, c1, c2 = 0.3, 0.5, 0.7
    assert float(metrics.interpolating(sp.Float(4), c0, c1, c2)) == pytest.approx(0.3 + 1 + 2.8)
    under = float(metrics.interpolating(sp.Float(4), c0, c1, c2, one_root=True))
    assert under == pytest.approx(np.sqrt(0.09 + 0.25 * 4 + 0.49 * 16))


def test_epsilon_stands_inside_the_root_or_outside() -> None:
    assert metrics.root(V, eps) == sp.sqrt(V) + eps
    assert metrics.root(V, eps, inside=True) == sp.sqrt(V + eps)
    assert metrics.power(V, sp.S.One, eps) == V + eps
    assert metrics.filled(V, beta_g) == V / (1 - 1 / beta_g)
