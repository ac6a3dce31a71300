"""Energies that have a name, each written once: as functions of X, β, L, U and their parameters."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.arrays import nuclear
from derivations.algebra.components import norm2, total
from derivations.algebra.cubic import CubicRoot
from derivations.algebra.symbols import c, h, k


def classical(X: sp.Expr, beta: sp.Expr) -> sp.Expr:
    """(β/2k)X². Source: Hermosis, Learning Dynamics, "Application"."""
    return beta / (2 * k) * norm2(X)


def relativistic(X: sp.Expr, beta: sp.Expr, delta: sp.Expr) -> sp.Expr:
    """(β/k)(√(1 + δX²) − 1)/δ, written so that it has its limit at δ = 0.

    Source: França et al., arXiv:1903.04100, section 4.
    """
    return beta / k * _rationalised(_excess(norm2(X), delta))


def relativistic_as_printed(X: sp.Expr, beta: sp.Expr, delta: sp.Expr) -> sp.Expr:
    """(β/k)(√(1 + δX²) − 1)/δ as it is printed, undefined at δ = 0."""
    return beta / k * _excess(norm2(X), delta)


def componentwise_relativistic(X: sp.Expr, beta: sp.Expr, delta: sp.Expr) -> sp.Expr:
    """(β/k)Σ(√(1 + δXᵢ²) − 1)/δ: each component with a speed limit of its own."""
    return beta / k * total(_rationalised(_excess(X**2, delta)))


def rest_mass(X: sp.Expr, beta: sp.Expr, g: sp.Expr) -> sp.Expr:
    """(β/k)n√(g² + X²/n) in n dimensions: the rest mass is g, the mean square speed below one."""
    n = total(sp.S.One)
    return beta / k * n * sp.sqrt(g**2 + norm2(X) / n)


def paper_relativistic(X: sp.Expr, beta: sp.Expr) -> sp.Expr:
    """√(X² + k²/β²), with β inside the root. Source: Hermosis, Learning Dynamics, "Application"."""
    return sp.sqrt(norm2(X) + k**2 / beta**2)


def massless(X: sp.Expr, beta: sp.Expr, eps: sp.Expr) -> sp.Expr:
    """(β/k)√(X² + ε²): the limit δ → ∞ of the relativistic one, at rest for X = 0."""
    return beta / k * sp.sqrt(norm2(X) + eps**2)


def componentwise_massless(X: sp.Expr, beta: sp.Expr) -> sp.Expr:
    """(β/k)Σ|Xᵢ|: the same limit, component by component."""
    return beta / k * total(sp.Abs(X))


def massless_matrix(X: sp.Expr, beta: sp.Expr) -> sp.Expr:
    """(β/k)‖X‖_*: the same limit, singular value by singular value of each array.

    Source: Jordan et al. 2024, Muon.
    """
    return beta / k * nuclear(X)


def braking(X: sp.Expr, beta: sp.Expr, beta_3: sp.Expr) -> sp.Expr:
    """(β/k)log(1 + β₃X²)/(2β₃), whose velocity X/(1 + β₃X²) brakes; not convex beyond 1/√β₃.

    Source: Vaidhyanathan et al., arXiv:2505.13196, the braking of VRAdam.
    """
    return beta / k * sp.log(1 + beta_3 * norm2(X)) / (2 * beta_3)


def quartic(X: sp.Expr, beta: sp.Expr, mass: sp.Expr, beta_3: sp.Expr) -> sp.Expr:
    """(β/k)(½ms² + ¾β₃s⁴) at the speed s of X: the dual of ½mv² + ¼β₃v⁴."""
    speed = CubicRoot(norm2(X), mass, beta_3)
    return beta / k * (mass * speed**2 / 2 + 3 * beta_3 * speed**4 / 4)


def descent(X: sp.Expr, beta: sp.Expr, a: sp.Expr, A: sp.Expr) -> sp.Expr:
    """(β/k)((‖X‖^a + 1)^{A/a} − 1)/A, of a power a near rest and A far from it.

    Source: Maddison et al., arXiv:1809.05042, equation 63.
    """
    return beta / k * _power_family(sp.sqrt(norm2(X)), a, A)


def componentwise_descent(X: sp.Expr, beta: sp.Expr, a: sp.Expr, A: sp.Expr) -> sp.Expr:
    """(β/k)Σ((|Xᵢ|^a + 1)^{A/a} − 1)/A: the same, component by component."""
    return beta / k * total(_power_family(sp.Abs(X), a, A))


def potential(L: sp.Expr, weight: sp.Expr) -> sp.Expr:
    """(weight·c²/k)L. Source: Hermosis, Learning Dynamics, "Application"."""
    return weight * c**2 / k * L


def thermal(U: sp.Expr, rate: sp.Expr) -> sp.Expr:
    """(h/k)U f(β), which makes the thermal mass obey dβ/dt = f(β)."""
    return h / k * U * rate


def _power_family(size: sp.Expr, a: sp.Expr, A: sp.Expr) -> sp.Expr:
    """((x^a + 1)^{A/a} − 1)/A."""
    return ((size**a + 1) ** (A / a) - 1) / A


def _excess(square: sp.Expr, delta: sp.Expr) -> sp.Expr:
    """(√(1 + δx²) − 1)/δ: the energy of motion above that of rest."""
    return (sp.sqrt(1 + delta * square) - 1) / delta


def _rationalised(excess: sp.Expr) -> sp.Expr:
    """Multiply (r − 1)/δ by (r + 1)/(r + 1), so that δ cancels."""
    (root,) = (part for part in excess.atoms(sp.Pow) if part.exp == sp.Rational(1, 2))
    return sp.cancel(sp.expand(excess * (root + 1))) / (root + 1)
