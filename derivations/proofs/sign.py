"""The sign of an expression for all values of its symbols, proved from what they are assumed to be.

A product of squares, of positive symbols and of sums that are not negative is not negative. The
proof is to find a form in which SymPy sees this, with a case for each sign of what stands in an
absolute value, a sign or a mask; the refutation is a point.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from random import Random

import sympy as sp

from derivations.algebra.stand_ins import UNKNOWN, WHOLE, gathered, opaque, under_one_sum
from derivations.algebra.tidy import tidy
from derivations.proofs.proof import in_the_plane, value_at

#: How many points are tried, and the sizes of the coordinates there.
_POINTS = 60
_SIZES = tuple(map(sp.Rational, ("1/9", "1/2", "1", "3/2", "4", "11")))
#: Functions that a sign decides, and how many symbols in them may be split into cases.
_DECIDED, _SPLIT = (sp.Abs, sp.sign, sp.Heaviside), 4


def nonnegative(expr: sp.Expr) -> bool:
    """Prove that an expression is never negative, wherever it is defined.

    >>> from derivations.algebra.components import Total
    >>> from derivations.algebra.symbols import G, X
    >>> nonnegative(Total(X**2) + Total(G**2) - 2 * Total(G * X))
    True
    >>> nonnegative(Total(X**2) - 1)
    False
    """
    whole = expr.doit()
    if negative_somewhere(whole) or _hides_a_zero(whole):
        return False
    short = tidy(whole)
    return _plainly(opaque(short)) or all(_plainly(opaque(part)) for part in under_one_sum(short))


def negative_somewhere(expr: sp.Expr) -> bool:
    """Prove that an expression can be negative, by a rational point in two dimensions."""
    plain = in_the_plane(expr)
    symbols = sorted(plain.free_symbols, key=lambda symbol: symbol.name)
    chance = Random(0)
    for _ in range(_POINTS):
        point = {symbol: _coordinate(symbol, chance) for symbol in symbols}
        value = value_at(plain, point)
        if value is not None and value.is_negative:
            return True
    return False


def _coordinate(symbol: sp.Symbol, chance: Random) -> sp.Expr:
    size = chance.choice(_SIZES)
    return -size if not symbol.is_nonnegative and chance.random() < 0.5 else size


def _hides_a_zero(expr: sp.Expr) -> bool:
    """Whether the sign of a sum or function decides something that may be zero: not split here."""
    kinds = (*WHOLE, *UNKNOWN[0], *UNKNOWN[1])
    decided = set().union(*(part.atoms(*kinds) for part in expr.atoms(*_DECIDED)))
    return any(part.is_nonnegative and not part.is_positive for part in decided)


def _plainly(expr: sp.Expr) -> bool:
    """Whether SymPy's assumptions show it, in every case in one of a few forms."""
    return all(any(form.is_nonnegative is True for form in _forms(case)) for case in _cases(expr))


def _cases(expr: sp.Expr) -> Iterator[sp.Expr]:
    """Give each symbol whose sign decides something every sign that it may have.

    What is not negative counts as positive elsewhere: the value at zero is the limit there.
    """
    positive = {x: sp.Dummy(positive=True) for x in expr.free_symbols if not x.is_positive}
    inside = set().union(*(part.free_symbols for part in expr.atoms(*_DECIDED)))
    choices = {
        x: [n for n, may in zip((1, 0, -1), (True, True, not x.is_nonnegative), strict=True) if may]
        for x in sorted(inside & positive.keys(), key=str)[:_SPLIT]
    }
    fixed = {x: positive[x] for x in positive.keys() - choices.keys() if x.is_nonnegative}
    for signs in product(*choices.values()):
        chosen = {x: n * positive[x] for x, n in zip(choices, signs, strict=True)}
        yield expr.xreplace(fixed | chosen)


def _forms(expr: sp.Expr) -> Iterator[sp.Expr]:
    yield expr
    yield gathered(expr)
    yield sp.factor(expr)
    top, bottom = sp.fraction(sp.together(expr))
    yield sp.expand(top) / sp.factor(bottom)
    yield sp.factor(top) / sp.factor(bottom)
