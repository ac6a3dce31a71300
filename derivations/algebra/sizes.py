"""How large a formula is, and how large it would be multiplied out: counted, without doing it.

Algebra takes time with the number of terms, and a short text can stand for a great many: a power
of a sum, or states that read each other line by line. What these count is exact or too large.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import comb

import sympy as sp

#: Counts end here: what is larger is as good as endless.
ENDLESS = 10**9


@dataclass(frozen=True)
class Size:
    """Operations of a formula as it stands, its terms multiplied out, and its degree.

    `terms` and `degree` are the largest of the formula and of all that stands in functions in it.
    """

    operations: int = 0
    terms: int = 1
    degree: int = 1
    inner: int = 1

    @property
    def most(self) -> int:
        """The terms of the formula, or of the longest argument in it."""
        return max(self.terms, self.inner)


def size(expr: sp.Basic, known: Mapping[sp.Basic, Size] | None = None) -> Size:
    """Return how large a formula is, where each symbol in `known` stands for one of that size.

    >>> x, y = sp.symbols("x y")
    >>> size((x + y) ** 10).terms, size((x + y) ** 10, {x: size(x + y)}).terms
    (11, 66)
    >>> size(sp.sin(x + y) ** 3).degree
    3
    """
    found = dict(known or {})
    for part in sp.postorder_traversal(expr):
        if part not in found:
            found[part] = _size(part, [found[each] for each in part.args])
    return found[expr]


def _size(part: sp.Basic, inside: list[Size]) -> Size:
    if not inside:
        return Size()
    operations = _capped(len(inside) + sum(each.operations for each in inside))
    inner = max(each.most for each in inside)
    degree = max(each.degree for each in inside)
    if isinstance(part, sp.Add):
        terms = _capped(sum(each.terms for each in inside))
        return Size(operations, terms, degree, max(each.inner for each in inside))
    if isinstance(part, sp.Mul):
        terms, degree = 1, _capped(sum(each.degree for each in inside))
        for each in inside:
            terms = _capped(terms * each.terms)
        return Size(operations, terms, degree, max(each.inner for each in inside))
    if isinstance(part, sp.Pow) and part.exp.is_Rational:
        base, power = inside[0], abs(int(part.exp.p))
        degree = _capped(base.degree * max(1, power // int(part.exp.q)))
        if part.exp.is_Integer and base.terms > 1:
            return Size(operations, _chosen(base.terms, power), degree, base.inner)
        return Size(operations, 1, degree, inner)
    return Size(operations, 1, degree, inner)


def _chosen(terms: int, power: int) -> int:
    """How many terms a power of a sum has."""
    few = min(terms - 1, power)
    return ENDLESS if few > 30 else _capped(comb(terms + power - 1, few))


def _capped(number: int) -> int:
    return min(number, ENDLESS)
