"""What counts as proved: equal means equal, and a proof that could fail does."""

from __future__ import annotations

import pytest
import sympy as sp

from derivations.algebra.components import norm2, total
from derivations.algebra.symbols import G, X, beta, gamma, parameter, t
from derivations.algebra.tidy import tidy
from derivations.proofs.proof import Proof, Step, different, equal, limit

delta = parameter("delta")
f = sp.Function("f")

EQUAL = [
    ((X + 1) ** 2, X**2 + 2 * X + 1),
    (norm2(X) / sp.sqrt(norm2(X)), sp.sqrt(norm2(X))),
    (total(X * sp.sinh(X) / sp.cosh(X)), total(X * sp.tanh(X))),
    (sp.exp(gamma * t) * sp.exp(-gamma * t), sp.S.One),
    (sp.diff(f(t) ** 2, t), 2 * f(t) * sp.diff(f(t), t)),
    (sp.Matrix([X, 2 * X]), sp.Matrix([X, X + X])),
    (sp.integrate(sp.exp(gamma * t), (t, 0, 1)), (sp.exp(gamma) - 1) / gamma),
]
DIFFERENT = [
    (X, -X),
    (norm2(X), X**2),
    (total(X) ** 2, norm2(X)),
    (total(sp.S.One), sp.S.One),
    (f(t), f(t + 1)),
    (sp.sqrt(1 + delta * norm2(X)), sp.sqrt(1 - delta * norm2(X))),
    (sp.Matrix([X, 2 * X]), sp.Matrix([X, 3 * X])),
    (sp.Matrix([X]), sp.Matrix([X, X])),
]


@pytest.mark.parametrize(("left", "right"), EQUAL)
def test_equal_expressions_are_proved_equal(left, right):
    assert equal(left, right)
    assert not different(left, right)


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
def test_different_expressions_have_a_witness(left, right):
    assert different(left, right)
    assert not equal(left, right)


def test_a_proof_needs_every_step_and_at_least_one():
    good, bad = Step("", "", X + X, 2 * X), Step("", "", X, 2 * X)
    assert Proof("p", "", (good,)).proved
    assert not Proof("p", "", (good, bad)).proved
    assert not Proof("p", "", ()).proved


def test_a_refutation_fails_where_the_sides_are_equal():
    assert not Step("", "", X + X, 2 * X, differs=True).holds
    assert Step("", "", X, 2 * X, differs=True).holds


def test_a_step_does_not_take_a_declared_answer():
    with pytest.raises(TypeError):
        Step("", "", X, 2 * X, False, True)


def test_a_proof_prints_its_steps_and_rules():
    printed = Proof("p", "", (Step("", "50 % of it", X, 2 * X, True),)).latex()
    assert r"X_{i} \neq 2 X_{i}" in printed
    assert r"50 \% of it" in printed


def test_a_limit_holds_the_sums_fixed():
    assert limit(X / sp.sqrt(1 + delta * norm2(X)), delta, sp.S.Zero) == X


KINETIC = {
    "rationalised": (norm2(X) / (1 + sp.sqrt(1 + delta * norm2(X))), norm2(X)),
    "componentwise": (total(X**2 / (1 + sp.sqrt(1 + delta * X**2))), X**2),
}


@pytest.mark.parametrize("name", KINETIC)
def test_a_root_in_the_denominator_goes_away(name):
    kinetic, square = KINETIC[name]
    assert tidy(sp.diff(kinetic, X)) == X / sp.sqrt(1 + delta * square)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (sp.sinh(X) / sp.cosh(X), sp.tanh(X)),
        (total(X * sp.sign(X)), total(sp.Abs(X))),
        (sp.Abs(X) * sp.sign(X), X),
        (beta * X / (beta * 2), X / 2),
        (sp.exp(t * sp.log(delta)), delta**t),
        (sp.S.Zero, sp.S.Zero),
    ],
)
def test_tidy_finds_the_short_form(given, wanted):
    assert tidy(given) == wanted


@pytest.mark.parametrize(("left", "right"), EQUAL[:4])
def test_tidy_changes_nothing_but_the_form(left, right):
    assert equal(tidy(left), left)
    assert equal(tidy(left - right + G), G)
