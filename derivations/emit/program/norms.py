"""Lengths that neither overflow nor underflow where their squares would.

A sum of squares over a parameter set is known as the square of its root, which is computed without
squaring what is too large or too small. Roots of a sum with such a square are hypotenuses.
"""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import Total


class Hypot(sp.Function):
    """The root of the sum of two squares, computed without squaring either."""

    nargs = 2

    def _eval_is_positive(self) -> bool | None:
        return any(side.is_positive for side in self.args) or None

    def _eval_is_nonnegative(self) -> bool:
        return True


def root_of(part: sp.Expr) -> sp.Expr | None:
    """Return e for a sum of e² over the components; None for any other.

    >>> from derivations.algebra.symbols import X
    >>> root_of(Total(X**2)), root_of(Total(X))
    (X, None)
    """
    body = part.args[0] if isinstance(part, Total) else sp.S.One
    if body.is_Pow and body.exp == 2:
        return body.base
    return None


def steady(value: sp.Expr, norms: frozenset[sp.Symbol]) -> sp.Expr:
    """Write roots of a sum with the square of a norm as hypotenuses.

    >>> n, a = sp.symbols("n a", nonnegative=True)
    >>> steady(1 / sp.sqrt(1 + a * n**2), frozenset({n}))
    1/Hypot(1, sqrt(a)*n)
    """

    def is_root(part: sp.Basic) -> bool:
        return isinstance(part, sp.Pow) and part.exp in (sp.S.Half, -sp.S.Half) and part.base.is_Add

    def rewritten(part: sp.Pow) -> sp.Expr:
        found = _sides(part.base, norms)
        return part if found is None else Hypot(*found) ** (2 * part.exp)

    return value.replace(is_root, rewritten) if norms else value


def _sides(total: sp.Add, norms: frozenset[sp.Symbol]) -> tuple[sp.Expr, sp.Expr] | None:
    """Return the roots of the two terms of a sum, one of them the square of a norm by a factor."""
    terms = sp.Add.make_args(total)
    own = [term for term in terms if any(x**2 in sp.Mul.make_args(term) for x in norms)]
    rest = total - sp.Add(*own)
    if len(own) != 1 or not rest.is_nonnegative or not own[0].is_nonnegative:
        return None
    return sp.sqrt(rest), sp.sqrt(own[0])
