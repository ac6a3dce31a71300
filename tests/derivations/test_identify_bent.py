"""Velocities that are one formula up to a size and another beyond it, and proofs by cases."""

from __future__ import annotations

import pytest
import sympy as sp

from derivations.algebra.branches import without_branches
from derivations.algebra.components import Total, slope
from derivations.algebra.symbols import X, parameter
from derivations.errors import TooLargeError
from derivations.identify import identify
from derivations.identify.cases import vanishes_in_cases
from derivations.identify.points import same
from derivations.text.update import update

NAMES = ("lr", "mu", "d", "b1", "b2", "rho", "eps", "gam")
d = parameter("d")
HUBER = Total(sp.Min(sp.Abs(X), d) ** 2 / 2 + d * (sp.Abs(X) - sp.Min(sp.Abs(X), d)))
CLIPPED = (
    "max(-d, min(d, m))", "min(d, max(-d, m))", "m*min(1, d/abs(m))", "sign(m)*min(abs(m), d)",
    "where(abs(m) > d, d*sign(m), m)", "m/max(1, abs(m)/d)",
)  # fmt: skip


def found(text: str):
    return identify(update(text, parameters=NAMES))


@pytest.mark.parametrize("velocity", CLIPPED)
def test_a_clipped_velocity_is_of_hubers_energy(velocity):
    made = found(f"m = mu*m + g; theta = theta - lr*{velocity}")
    assert (made.word, made.parameters["lr"]) == ("C K D", parameter("lr"))
    assert same(slope(made.kinetic, X), slope(HUBER, X))
    assert made.proof.proved


def test_clipping_without_momentum():
    assert same(found("theta -= lr*max(-d, min(d, g))").kinetic, HUBER)


def test_a_soft_threshold():
    made = found("m = mu*m + g; theta -= lr*sign(m)*max(abs(m) - d, 0)")
    assert same(slope(made.kinetic, X), sp.sign(X) * sp.Max(sp.Abs(X) - d, 0))


@pytest.mark.parametrize("scale", ["max(gam*h, eps)", "max(eps, h)", "(h + eps)"])
def test_the_core_of_sophia(scale):
    """Liu et al., arXiv:2305.14342: the average of the gradient over that of the curvature."""
    made = found(f"""m = b1*m + (1 - b1)*g; h = b2*h + (1 - b2)*g**2
    theta = theta - lr*max(-rho, min(rho, m/{scale}))""")
    assert (made.word, made.name) == ("[CK] M D", None)
    assert made.proof.proved and not made.kinetic.has(sp.Integral)


def test_equal_in_every_case():
    x, p = sp.Symbol("x", real=True), sp.Symbol("p", positive=True)

    def vanishes(gap: sp.Expr) -> bool:
        return bool(sp.simplify(gap) == 0)

    assert vanishes_in_cases(sp.Max(x, p) - x - sp.Max(p - x, 0), vanishes)
    assert vanishes_in_cases(sp.Abs(x) - sp.Max(x, -x), vanishes)
    assert not vanishes_in_cases(sp.Heaviside(x, 0) - sp.Heaviside(x, 1), vanishes)  # at zero
    assert not vanishes_in_cases(sp.Min(x, p) - sp.Max(x, p), vanishes)
    assert not vanishes_in_cases(sp.sign(x) - sp.Piecewise((1, x > 0), (-1, True)), vanishes)


def test_branches_are_products_of_signs():
    x = sp.Symbol("x", real=True)
    for test in (x > 1, x >= 1, x < 1, x <= 1, (x > 1) & (x < 3), (x < 1) | (x > 3), ~(x > 1)):
        whole = sp.Piecewise((2 * x, test), (x - 7, True))
        plain = without_branches(whole)
        for value in (0, 1, 2, 3, 4):
            assert plain.subs(x, value) == whole.subs(x, value), (test, value)


@pytest.mark.parametrize(
    "text",
    ["m = mu*m + g; theta -= lr*(m**63 + m**61 + m)**31",
     "m = mu*m + g; theta -= lr*(m**9 + m**3 + m)**9",
     "theta -= lr*g; " + "m = m*m + g*m; " * 40 + "theta -= m",
     "m = mu*m + g; " + "; ".join(f"a{i} = exp(a{i - 1}) + a{i - 1}" if i else "a0 = m"
                                  for i in range(60)) + "; theta -= lr*a59"],
)  # fmt: skip
def test_what_is_too_large_is_said_to_be(text):
    with pytest.raises(TooLargeError, match="at most"):
        found(text)


@pytest.mark.parametrize("power", [3, 31, 63])
def test_high_powers_are_found(power):
    made = found(f"m = mu*m + g; theta -= lr*m**{power}")
    assert made.kinetic == Total(X ** (power + 1)) / (power + 1)


def test_a_tower_of_exponentials_is_found():
    made = found("m = mu*m + g; theta -= lr*exp(exp(m**2))*m")
    assert same(slope(made.kinetic, X), X * sp.exp(sp.exp(X**2)))
