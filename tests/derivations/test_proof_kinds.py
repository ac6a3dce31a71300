"""The kinds of steps besides equality: inequalities and orders are checked, and fail when false."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derivations.algebra.components import Total, norm2
from derivations.algebra.symbols import Component, G, L, X, beta, gamma, lr, parameter, tau, w
from derivations.proofs.inequality import AtMost
from derivations.proofs.order import ToOrder, coefficients
from derivations.proofs.proof import Proof, Step, equal
from derivations.proofs.sign import negative_somewhere, nonnegative
from derivations.reductions.along import along, rate, summed
from derivations.reductions.written import Written

r, q = sp.Symbol("r", nonnegative=True), parameter("q")
V = Component("V", nonnegative=True)
phi = sp.Function("phi", real=True)

NEVER_NEGATIVE = [
    norm2(X),
    sp.S.Zero,
    norm2(X) + norm2(G) - 2 * Total(G * X),
    norm2(X) + 2 * beta * Total(G * X) + beta**2 * norm2(G),
    Total(X**2 / (sp.sqrt(V) + r)),
    Total(X**2 * (sp.sqrt(V) + r) / V),
    (beta + gamma) / gamma - 1,
    1 - gamma / (gamma + r),
    Total(sp.Abs(X)) - Total(X),
    Total(X * sp.sign(X)),
    Total((X - G) * (sp.sign(X) - sp.sign(G))),
    Total(sp.Heaviside(X * G, 0) * X * G) - Total(X * G),
    phi(X) ** 2,
    norm2(X) * norm2(G) + norm2(w),
    1 - sp.Heaviside(X, 0),
]
MAYBE_NEGATIVE = [
    X,
    Total(X),
    norm2(X) - 1,
    norm2(X) + norm2(G) - 3 * Total(G * X),
    Total(G * X),
    beta - gamma,
    1 - gamma / (2 * gamma + r) - q,
    Total(X) - Total(sp.Abs(X)),
    Total(sp.Heaviside(X * G, 0) * X * G) - 2 * Total(X * G),
    -sp.Heaviside(X, 0),
    -sp.sqrt(1 + norm2(X)),
]
UNDECIDED = [
    phi(X),
    1 + sp.sin(X),
    norm2(X) * norm2(G) - Total(G * X) ** 2,
    sp.Heaviside(norm2(X), 0) - 1,
    sp.sign(phi(X) ** 2 + norm2(X)) - 1,
]


@pytest.mark.parametrize("expr", NEVER_NEGATIVE, ids=str)
def test_what_is_never_negative_is_proved(expr):
    assert nonnegative(expr)
    assert not negative_somewhere(expr)
    assert AtMost("", "", sp.S.Zero, expr).holds
    assert AtMost("", "", -expr, sp.S.Zero).holds
    assert not AtMost("", "", sp.S.Zero, expr, differs=True).holds


@pytest.mark.parametrize("expr", MAYBE_NEGATIVE, ids=str)
def test_what_may_be_negative_has_a_point(expr):
    assert negative_somewhere(expr)
    assert not nonnegative(expr)
    assert not AtMost("", "", sp.S.Zero, expr).holds
    assert AtMost("", "", sp.S.Zero, expr, differs=True).holds


@pytest.mark.parametrize("expr", UNDECIDED, ids=str)
def test_what_is_shown_neither_way_is_not_proved(expr):
    """True or not: a function may be negative, and Cauchy–Schwarz is beyond these means."""
    assert not AtMost("", "", sp.S.Zero, expr).holds


def test_a_factor_that_is_zero_on_the_boundary_is_no_gap():
    """Heaviside jumps at zero, so zero is a case of its own."""
    edge = sp.Heaviside(r, 0) - 1
    assert not nonnegative(edge)
    assert nonnegative(sp.Heaviside(q, 0) - 1)


def test_an_inequality_compares_matrices_entry_by_entry():
    assert AtMost("", "", sp.Matrix([0, 1]), sp.Matrix([norm2(X), 1 + r])).holds
    assert not AtMost("", "", sp.Matrix([0, 2]), sp.Matrix([norm2(X), 1 + r])).holds


@pytest.mark.parametrize(
    ("differs", "sign", "tex"), [(False, "≤", r"\le"), (True, "≰", r"\not\le")]
)
def test_an_inequality_is_printed_as_one(differs, sign, tex):
    step = AtMost("", "", X, norm2(X), differs=differs)
    assert step.sign == sign
    assert step.latex() == rf"X_{{i}} {tex} \lVert \mathbf{{X}} \rVert^{{2}}"


ORDERS = [
    (sp.exp(-lr * tau), 1 - lr * tau, 2),
    (1 / (1 + tau), 1 - tau + tau**2, 3),
    (phi(X + tau), phi(X) + tau * sp.diff(phi(X), X), 2),
    (-sp.log(1 - tau) / tau, sp.S.One, 1),
    (sp.Matrix([sp.cos(tau), sp.sin(tau)]), sp.Matrix([1, tau]), 2),
    (tau, sp.S.Zero, 1),
    (1 + tau, sp.S.Zero, 0),
]


@pytest.mark.parametrize(("left", "right", "power"), ORDERS, ids=str)
def test_an_order_is_attained_and_no_more(left, right, power):
    step = ToOrder("", "", left, right, variable=tau, power=power)
    assert step.holds
    assert not replace(step, power=power + 1).holds
    assert replace(step, power=power + 1, differs=True).holds
    assert not replace(step, differs=True).holds
    assert power == 0 or not replace(step, power=power - 1).holds


def test_equal_sides_have_no_order():
    assert not ToOrder("", "", tau + 1, 1 + tau, variable=tau, power=2).holds


def test_an_order_is_printed_with_what_is_left_out():
    step = ToOrder("", "", sp.exp(tau), 1 + tau, variable=tau, power=2)
    assert step.latex().endswith(r"O\left(\tau^{2}\right)")
    assert step.sign == "="
    matrix = replace(step, left=sp.Matrix([tau]), right=sp.Matrix([0]))
    assert r"O\left(\tau^{2}\right)" in matrix.latex()


def test_an_order_needs_its_variable_and_power():
    with pytest.raises(TypeError):
        ToOrder("", "", X, X)


def test_coefficients_where_the_value_at_zero_is_a_limit():
    assert list(coefficients(sp.sin(tau) / tau, tau, 0)) == [1]


def test_kinds_mix_in_a_proof():
    steps = (
        Step("", "", X + X, 2 * X),
        AtMost("", "", sp.S.Zero, norm2(X)),
        ToOrder("", "", sp.exp(tau), sp.S.One, variable=tau, power=1),
    )
    assert Proof("p", "", steps).proved
    assert r"\le" in Proof("p", "", steps).latex()
    assert not Proof("p", "", (*steps, AtMost("", "", norm2(X), sp.S.Zero))).proved


def test_a_rate_is_written_as_one_and_worked_out():
    falling = rate(L, {w: -G})
    assert equal(falling, -norm2(G))
    assert Step("", "", falling, -norm2(G)).latex().startswith(r"\dot{L} =")
    assert along(norm2(w) * beta, {w: X, beta: gamma}) == 2 * beta * Total(X * w) + gamma * norm2(w)


def test_a_name_is_printed_and_its_value_checked():
    named = Written(sp.Symbol("A"), (X + 1) ** 2)
    step = Step("", "", named, X**2 + 2 * X + 1)
    assert step.holds and not replace(step, right=X**2).holds
    assert step.latex().startswith("A =") and str(named) == "A"


def test_a_sum_under_one_sign_is_equal_to_its_parts():
    assert equal(summed((X + G) ** 2), norm2(X) + 2 * Total(G * X) + norm2(G))
    assert equal(Total(X / (1 + V)) + Total(X * V / (1 + V)), Total(X))
