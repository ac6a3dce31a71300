"""Cooling rates that have a name, each written once: f(β), and the mass that weighs the loss."""

from __future__ import annotations

import sympy as sp


def constant(beta: sp.Expr) -> sp.Expr:
    """Zero: no friction. Source: Hermosis, Learning Dynamics, "Application"."""
    return 0 * beta


def exponential(beta: sp.Expr, gamma: sp.Expr) -> sp.Expr:
    """γβ: constant friction. Source: Hermosis, Learning Dynamics, "Application"."""
    return gamma * beta


def power(beta: sp.Expr, n: sp.Expr, b: sp.Expr) -> sp.Expr:
    """N b^(1/n) β^(1 − 1/n), of β = b tⁿ: friction n/t. Source: Su, Boyd and Candès 2014."""
    return n * b ** (1 / n) * beta ** (1 - 1 / n)


def hot(beta: sp.Expr, gamma: sp.Expr, beta_0: sp.Expr) -> sp.Expr:
    """γ(β + β₀), from β = 0: the bias correction of Adam, exactly."""
    return gamma * (beta + beta_0)


def hot_weight(beta: sp.Expr, beta_0: sp.Expr) -> sp.Expr:
    """β + β₀: the mass of the loss under a hot start."""
    return beta + beta_0


def bregman(beta: sp.Expr, p: sp.Expr) -> sp.Expr:
    """(p + 1)β^(p/(p + 1)), of β = t^(p+1). Source: Wibisono et al., arXiv:1603.04245, eq. 1.6."""
    return (p + 1) * beta ** (p / (p + 1))


def bregman_weight(beta: sp.Expr, p: sp.Expr, C: sp.Expr) -> sp.Expr:
    """Cp²β^((2p − 1)/(p + 1)), which is Cp²t^(2p−1): the mass of the loss in the same family."""
    return C * p**2 * beta ** ((2 * p - 1) / (p + 1))
