"""The energies of the paper, in its own letters."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.symbols import L, U, X, beta, parameter
from derivations.system import energies

#: The inverse square of the largest |X| that a relativistic energy treats as slow.
delta = parameter("delta")
#: A cooling rate f(β) that is named but not given.
f = sp.Function("f", positive=True)
#: The thermal energy E(U, β) that is named but not given.
E = sp.Function("E", real=True)(U, beta)


def classical() -> sp.Expr:
    """The kinetic energy (β/2k)X² of section "Application"."""
    return energies.classical(X, beta)


def potential() -> sp.Expr:
    """The potential (βc²/k)L of section "Application"."""
    return energies.potential(L, beta)


def thermal(rate: sp.Expr) -> sp.Expr:
    """The thermal energy (h/k)U f(β) of a cooling rate f(β)."""
    return energies.thermal(U, rate)


def relativistic_inside() -> sp.Expr:
    """The paper's relativistic kinetic energy √(X² + k²/β²), with β inside the root."""
    return energies.paper_relativistic(X, beta)


def relativistic_outside() -> sp.Expr:
    """The relativistic kinetic energy (β/k)(√(1 + δX²) − 1)/δ, with β outside the root."""
    return energies.relativistic_as_printed(X, beta, delta)
