"""Whether an expression is zero, decided by the least algebra that shows it."""

from __future__ import annotations

import sympy as sp


def is_zero(expr: sp.Expr) -> bool:
    """Tell whether an expression can be shown to be zero, at the latest by SymPy's `simplify`.

    >>> from derivations.algebra.symbols import gamma, t, tau
    >>> is_zero(sp.exp(gamma * (t + tau)) / sp.exp(gamma * tau) - sp.exp(gamma * t))
    True
    """
    return expands_to_zero(expr) or bool(sp.simplify(expr) == 0)


def expands_to_zero(expr: sp.Expr) -> bool:
    """Tell whether the terms of an expression cancel over one denominator.

    That settles what is rational in its symbols, functions, roots and exponentials, without the
    searches for a short form that `simplify` makes; where it is false, nothing is said.

    >>> from derivations.algebra.symbols import X
    >>> expands_to_zero(sp.tanh(X) * sp.cosh(X) - sp.sinh(X))
    True
    """
    if expr == 0:
        return True
    plain = expr.replace(sp.tanh, lambda angle: sp.sinh(angle) / sp.cosh(angle))
    top, _ = sp.fraction(sp.together(sp.expand_power_exp(plain)))
    return bool(sp.expand(top) == 0)
