"""Metrics that have a name, each written once: what is averaged, and g as a function of that."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import norm2, total


def square(G: sp.Expr) -> sp.Expr:
    """G², whose average is the raw second moment. Source: Kingma and Ba, arXiv:1412.6980."""
    return G**2


def surprise(G: sp.Expr, X: sp.Expr) -> sp.Expr:
    """(G − X)², the square of what the moments did not expect.

    Source: Zhuang et al., arXiv:2010.07468, algorithm 2.
    """
    return (G - X) ** 2


def variance(V: sp.Expr, M: sp.Expr) -> sp.Expr:
    """V − M², the centred second moment. Source: Graves, arXiv:1308.0850, equation 39."""
    return V - M**2


def clipped(kappa: sp.Expr) -> sp.Expr:
    """A covariance that rounding may have made negative, or zero there."""
    return sp.Max(kappa, sp.S.Zero)


def root(kappa: sp.Expr, eps: sp.Expr, inside: bool = False) -> sp.Expr:
    """√κ + ε, or √(κ + ε)."""
    return sp.sqrt(kappa + eps) if inside else sp.sqrt(kappa) + eps


def filled(average: sp.Expr, beta: sp.Expr) -> sp.Expr:
    """An average that began at zero, over 1 − 1/β, the part that has filled since β was one."""
    return average / (1 - 1 / beta)


def power(kappa: sp.Expr, exponent: sp.Expr, eps: sp.Expr) -> sp.Expr:
    """κ^a + ε: a = 0 is flat space, a = ½ Adam's metric, a = 1 the natural gradient's.

    Source: Guskov and Vanchurin, arXiv:2504.05279.
    """
    return kappa**exponent + eps


def interpolating(
    kappa: sp.Expr, flat: sp.Expr, efficient: sp.Expr, natural: sp.Expr, one_root: bool = False
) -> sp.Expr:
    """c₀ + c₁√κ + c₂κ, or √(c₀² + c₁²κ + c₂²κ²) under one root.

    Both have the same three regimes, g ∝ κ^a with a = 0, ½, 1 as κ grows, and differ between them.
    Source: Vanchurin, Geometric learning dynamics, equations 6.4 (c₂ = 0) and 6.5.
    """
    if one_root:
        return sp.sqrt(flat**2 + efficient**2 * kappa + natural**2 * kappa**2)
    return flat + efficient * sp.sqrt(kappa) + natural * kappa


def bend(v: sp.Expr, G: sp.Expr, P: sp.Expr) -> sp.Expr:
    """|v·(G − P)|, what a motion with velocity v did to the gradient, which was P before.

    Source: Barzilai and Borwein 1988, for the curvature that a step has met.
    """
    return sp.Abs(total(v * (G - P)))


def way(v: sp.Expr) -> sp.Expr:
    """v², the square of the way."""
    return norm2(v)


def felt(A: sp.Expr, B: sp.Expr, share: sp.Expr, floor: sp.Expr) -> sp.Expr:
    """A/(share·B), the curvature that was felt over a share; the floor keeps it defined at rest."""
    return A / (share * (B + floor**2)) + floor
