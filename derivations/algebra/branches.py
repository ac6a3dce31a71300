"""Branches written as products, for languages that have signs and maxima but no branches."""

from __future__ import annotations

import sympy as sp


def without_branches(expr: sp.Expr) -> sp.Expr:
    """Write each branch as its value times one where its test holds, and zero elsewhere.

    >>> x = sp.Symbol("x", real=True)
    >>> without_branches(sp.Piecewise((2, x > 1), (x, True)))
    x*(1 - Max(0, sign(x - 1))) + 2*Max(0, sign(x - 1))
    """
    return expr.replace(sp.Piecewise, lambda *pairs: _sum(pairs))


def _sum(pairs: tuple[tuple[sp.Expr, sp.Basic], ...]) -> sp.Expr:
    left, whole = sp.S.One, sp.S.Zero
    for value, test in pairs:
        share = _share(test)
        whole += left * share * value
        left *= 1 - share
    return whole


def _share(test: sp.Basic) -> sp.Expr:
    """One where a test holds, zero where it does not."""
    if test in (sp.true, sp.false):
        return sp.Integer(bool(test))
    if isinstance(test, sp.And):
        return sp.Mul(*map(_share, test.args))
    if isinstance(test, sp.Or):
        return 1 - sp.Mul(*(1 - _share(part) for part in test.args))
    if isinstance(test, sp.Not):
        return 1 - _share(test.args[0])
    if isinstance(test, sp.StrictGreaterThan | sp.StrictLessThan):
        return sp.Max(0, sp.sign(test.gts - test.lts))
    return 1 - sp.Max(0, sp.sign(test.lts - test.gts))
