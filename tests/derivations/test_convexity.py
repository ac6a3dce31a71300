"""Where a kinetic energy stops being convex: in closed form, as a number, or nowhere."""

from __future__ import annotations

import pytest
import sympy as sp

from derivations.algebra.components import norm2, total
from derivations.algebra.convexity import not_convex_beyond
from derivations.algebra.symbols import X, beta, k, parameter
from derivations.system import energies

b, delta, mass = parameter("b"), parameter("delta"), parameter("mass")
ONE = sp.S.One


def kappa(energy: sp.Expr) -> sp.Expr:
    return energy * k / beta


@pytest.mark.parametrize("size", (sp.Rational(1, 10**6), sp.Rational(1, 4), ONE, sp.Integer(10**6)))
def test_the_brake_in_closed_form(size: sp.Expr) -> None:
    found = not_convex_beyond(kappa(energies.braking(X, beta, b)), {b: size})
    assert found == 1 / sp.sqrt(b)


def test_a_transcendental_one_as_a_number() -> None:
    """κ = 1 − exp(−½X²) has its bend at one."""
    found = not_convex_beyond(1 - sp.exp(-norm2(X) / 2), {})
    assert found is not None and float(found) == pytest.approx(1.0, rel=1e-4)
    # ½x² + b·cos x has the curvature 1 − b·cos x
    bent = total(X**2 / 2 + b * sp.cos(X))
    assert not_convex_beyond(bent, {b: sp.Rational(1, 2)}) is None
    assert float(not_convex_beyond(bent, {b: sp.Integer(2)})) < 1e-3


CONVEX = {
    "classical": (energies.classical(X, beta), {}),
    "relativistic": (energies.relativistic(X, beta, delta), {delta: ONE}),
    "massless": (energies.massless(X, beta, b), {b: sp.Rational(1, 10**30)}),
    "sign": (energies.componentwise_massless(X, beta), {}),
    "quartic": (energies.quartic(X, beta, mass, b), {mass: ONE, b: ONE}),
    "softsign": (beta / k * total(sp.log(sp.cosh(X))), {}),
    "descent": (energies.descent(X, beta, b, delta), {b: sp.Integer(2), delta: ONE}),
}


@pytest.mark.parametrize("name", CONVEX)
def test_convex_ones_have_no_such_place(name: str) -> None:
    energy, numbers = CONVEX[name]
    assert not_convex_beyond(kappa(energy), numbers) is None


def test_what_has_no_numbers_is_not_judged() -> None:
    assert not_convex_beyond(kappa(energies.braking(X, beta, b)), {}) is None
