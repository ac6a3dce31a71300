"""Energies that have a name, each written once: as functions of X, β, L, U and their parameters."""

from __future__ import annotations

import sympy as sp

from derivations.components import norm2, total
from derivations.symbols import c, h, k


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


def paper_relativistic(X: sp.Expr, beta: sp.Expr) -> sp.Expr:
    """√(X² + k²/β²), with β inside the root. Source: Hermosis, Learning Dynamics, "Application"."""
    return sp.sqrt(norm2(X) + k**2 / beta**2)


def massless(X: sp.Expr, beta: sp.Expr, eps: sp.Expr) -> sp.Expr:
    """(β/k)√(X² + ε²): the limit δ → ∞ of the relativistic one, at rest for X = 0."""
    return beta / k * sp.sqrt(norm2(X) + eps**2)


def componentwise_massless(X: sp.Expr, beta: sp.Expr) -> sp.Expr:
    """(β/k)Σ|Xᵢ|: the same limit, component by component."""
    return beta / k * total(sp.Abs(X))


def potential(L: sp.Expr, weight: sp.Expr) -> sp.Expr:
    """(weight·c²/k)L. Source: Hermosis, Learning Dynamics, "Application"."""
    return weight * c**2 / k * L


def thermal(U: sp.Expr, rate: sp.Expr) -> sp.Expr:
    """(h/k)U f(β), which makes the thermal mass obey dβ/dt = f(β)."""
    return h / k * U * rate


def _excess(square: sp.Expr, delta: sp.Expr) -> sp.Expr:
    """(√(1 + δx²) − 1)/δ: the energy of motion above that of rest."""
    return (sp.sqrt(1 + delta * square) - 1) / delta


def _rationalised(excess: sp.Expr) -> sp.Expr:
    """Multiply (r − 1)/δ by (r + 1)/(r + 1), so that δ cancels."""
    (root,) = (part for part in excess.atoms(sp.Pow) if part.exp == sp.Rational(1, 2))
    return sp.cancel(sp.expand(excess * (root + 1))) / (root + 1)
