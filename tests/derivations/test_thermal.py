"""Thermal profiles: decay and impulse of each, against formulas typed independently of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from derivations.algebra.symbols import X, beta, gamma, parameter, t, tau
from derivations.errors import ThermalProfileError
from derivations.system.thermal import ThermalLaw, on_path, stable

n, b, beta_0 = parameter("n"), parameter("b"), parameter("beta_0")
Formula = Callable[..., float]

LAWS = {
    "constant": ThermalLaw(sp.S.Zero),
    "exponential": ThermalLaw(gamma * beta),
    "power": ThermalLaw(n * b ** (1 / n) * beta ** (1 - 1 / n), start=sp.S.Zero),
    "hot start": ThermalLaw(gamma * (beta + beta_0), sp.S.Zero, weight=beta + beta_0),
}
#: decay β(t−τ)/β(t) and impulse (1/β(t))∫ of the weight over the step, which ends at t.
TABLE: dict[str, tuple[Formula, Formula]] = {
    "constant": (lambda t, τ, g, n, b: 1.0, lambda t, τ, g, n, b: τ),
    "exponential": (
        lambda t, τ, g, n, b: math.exp(-g * τ),
        lambda t, τ, g, n, b: -math.expm1(-g * τ) / g,
    ),
    "power": (
        lambda t, τ, g, n, b: (1 - τ / t) ** n,
        lambda t, τ, g, n, b: (t ** (n + 1) - (t - τ) ** (n + 1)) / ((n + 1) * t**n),
    ),
    "hot start": (
        lambda t, τ, g, n, b: math.expm1(g * (t - τ)) / math.expm1(g * t),
        lambda t, τ, g, n, b: (math.exp(g * t) - math.exp(g * (t - τ))) / (g * math.expm1(g * t)),
    ),
}
FACTORS = {name: (law.decay(tau), law.impulse(tau)) for name, law in LAWS.items()}
every_law = pytest.mark.parametrize("name", LAWS)
positive = st.floats(0.1, 4.0)


@cache
def compiled(expr: sp.Expr) -> Callable[..., float]:
    names = sorted(map(str, expr.free_symbols))
    function = sp.lambdify(sorted(expr.free_symbols, key=str), expr, "math")
    return lambda values: float(function(*(values[name] for name in names)))


def number(expr: sp.Expr, **values: float) -> float:
    return compiled(expr)(values)


@every_law
@given(begin=positive, step=positive, g=st.floats(0.05, 2.0), power=st.floats(1.0, 4.0))
def test_the_table_of_profiles(
    name: str, begin: float, step: float, g: float, power: float
) -> None:
    (decay, impulse), (my_decay, my_impulse) = TABLE[name], FACTORS[name]
    at = {"t": begin, "tau": step, "gamma": g, "n": power, "b": 1.7, "beta_0": 0.6}
    end = begin + step
    assert number(my_decay, **at) == pytest.approx(decay(end, step, g, power, 1.7), rel=1e-9)
    due = impulse(end, step, g, power, 1.7)
    assert number(my_impulse, **at) == pytest.approx(due, rel=1e-8)


@every_law
def test_the_mass_obeys_its_rate_and_begins_at_its_start(name: str) -> None:
    law = LAWS[name]
    assert sp.simplify(sp.diff(law.mass, t) - law.rate.subs(beta, law.mass)) == 0
    assert law.mass.subs(t, 0) == law.start


@every_law
@given(begin=positive, one=positive, two=positive)
def test_decay_of_two_steps_is_the_product(name: str, begin: float, one: float, two: float) -> None:
    decay = FACTORS[name][0]
    at = {"gamma": 0.3, "n": 3.0, "b": 1.0, "beta_0": 1.0}
    whole = number(decay, t=begin, tau=one + two, **at)
    first = number(decay, t=begin, tau=one, **at)
    second = number(decay, t=begin + one, tau=two, **at)
    assert whole == pytest.approx(first * second, rel=1e-9)


@pytest.mark.parametrize("name", ["exponential", "hot start"])
def test_no_factor_overflows_in_a_long_run(name: str) -> None:
    """In the words of Python's `math`, as the emitted step computes them."""
    from derivations.emit.arrays.infix import scalar_text

    law = LAWS[name]
    for factor in (law.decay(tau), law.impulse(tau), law.heat(tau), law.decay(tau / 2)):
        at = {"gamma": 0.7, "tau": 1.0, "t": 1e5, "beta_0": 1.0, "math": math}
        value = eval(scalar_text(factor), at)
        assert 0 < value <= 1.5


def test_what_multiplies_a_component_is_written_without_growing_factors() -> None:
    mass = sp.exp(gamma * t) - 1
    assert on_path(X * (beta + 1) / beta, mass) == X / (1 - sp.exp(-gamma * t))
    assert on_path(X * (beta + 1) / beta, sp.S.One) == 2 * X
    assert stable(sp.exp(gamma * t)) == sp.exp(gamma * t)


def test_friction_is_what_remains_in_the_cold() -> None:
    frictions = {name: law.friction for name, law in LAWS.items()}
    assert frictions == {"constant": 0, "exponential": gamma, "power": 0, "hot start": gamma}


def test_a_profile_of_ones_own_takes_the_same_path() -> None:
    slowing = ThermalLaw(gamma * sp.sqrt(beta))
    assert sp.expand(slowing.mass - (1 + gamma * t / 2) ** 2) == 0
    at = {"t": 2.0, "tau": 0.5, "gamma": 0.8}
    mass = sp.lambdify(t, slowing.mass.subs(gamma, 0.8))
    assert number(slowing.decay(tau), **at) == pytest.approx(mass(2.0) / mass(2.5))
    assert number(slowing.impulse(tau), **at) == pytest.approx(quad(mass, 2.0, 2.5)[0] / mass(2.5))


@pytest.mark.parametrize("rate", [beta**3 + beta + 1, sp.exp(beta) + beta])
def test_a_profile_without_closed_form_is_refused(rate: sp.Expr) -> None:
    with pytest.raises(
        ThermalProfileError, match=r"gives no β\(t\) in closed form .*; choose a rate that does"
    ):
        ThermalLaw(rate).mass
