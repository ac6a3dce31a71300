"""Formulas with maxima, signs and branches: equal if they are in every case of their tests.

A test is positive, negative or zero. In each case a symbol that the test is linear in is written
by a positive one, so that what else depends on it is decided too; where there is none, the case
is still proved, for more values than it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import sympy as sp

from derivations.algebra.components import Coupled, Sum
from derivations.identify.scalars import put

#: What a test decides, and how many tests may follow one another.
DECIDED = (sp.Max, sp.Min, sp.Abs, sp.sign, sp.Heaviside, sp.Piecewise)
_DEEPEST = 5


def vanishes_in_cases(expr: sp.Expr, vanishes: Callable[[sp.Expr], bool]) -> bool:
    """Whether a formula is zero in every case of its tests, each decided by `vanishes`.

    What stands in a sum over components has cases of its own for each, and stays as it is.

    >>> from derivations.algebra.symbols import X, parameter
    >>> d = parameter("d")
    >>> clipped = sp.Max(-d, sp.Min(X, d))
    >>> vanishes_in_cases(clipped - sp.sign(X) * sp.Min(sp.Abs(X), d), lambda x: x.expand() == 0)
    True
    """
    sums = expr.atoms(Sum, Coupled)
    outer = [x for x in sums if not any(x != other and other.has(x) for other in sums)]
    names = {x: sp.Dummy(real=True, nonnegative=x.is_nonnegative) for x in outer}
    return _vanishes(expr.xreplace(names), vanishes, _DEEPEST)


def _vanishes(expr: sp.Expr, vanishes: Callable[[sp.Expr], bool], left: int) -> bool:
    parts = [x for x in expr.atoms(*DECIDED) if not any(y.has(*DECIDED) for y in _inside(x))]
    if not parts or left == 0:
        return vanishes(expr)
    part = min(parts, key=lambda x: (sp.count_ops(_test(x)), sp.default_sort_key(x)))
    return all(_vanishes(case, vanishes, left - 1) for case in _cases(expr, part))


def _cases(expr: sp.Expr, part: sp.Basic) -> Iterator[sp.Expr]:
    """Yield a formula where the first test of a part of it is positive, negative and zero."""
    test = sp.factor(sp.together(_test(part)))
    for sign in _signs(test):
        case = put(expr, {part: _chosen(part, sign)})
        for values in _written(sp.expand(test), sign):
            there = put(case, values)
            if not there.has(sp.nan, sp.zoo, sp.oo):  # else there is no value to be equal to
                yield there


def _signs(test: sp.Expr) -> tuple[int, ...]:
    """The signs that a test may have."""
    if test.is_positive or test.is_negative:
        return (1,) if test.is_positive else (-1,)
    if test.is_zero:
        return (0,)
    if test.is_nonnegative or test.is_nonpositive:
        return (1, 0) if test.is_nonnegative else (-1, 0)
    return (1, -1, 0)


def _inside(part: sp.Basic) -> tuple[sp.Basic, ...]:
    """What a part is made of; of branches, what their tests compare too."""
    return tuple(x for each in part.args for x in (each.args if each.is_Boolean else (each,)))


def _test(part: sp.Basic) -> sp.Expr:
    if isinstance(part, sp.Max | sp.Min):
        return part.args[0] - part.args[1]
    if isinstance(part, sp.Piecewise):
        first = _first(part)
        return first.lhs - first.rhs
    return part.args[0]


def _first(part: sp.Piecewise) -> sp.Rel:
    """The comparison of a test that is decided first."""
    return min(part.args[0][1].atoms(sp.Rel), key=sp.default_sort_key)


def _chosen(part: sp.Basic, sign: int) -> sp.Expr:
    """Return the value of a part whose first test has a sign."""
    if isinstance(part, sp.Max | sp.Min):
        first, second, *others = part.args
        upper = sign >= 0 if isinstance(part, sp.Max) else sign < 0
        return part.func(first if upper else second, *others)
    if isinstance(part, sp.Piecewise):
        first = _first(part)
        holds = sp.S(bool(first.func(sp.Integer(sign), 0)))
        return put(part, {first: holds, first.negated: sp.Not(holds)})
    if isinstance(part, sp.Abs):
        return sign * part.args[0]
    return part.func(sp.Integer(sign))


def _written(test: sp.Expr, sign: int) -> list[dict[sp.Symbol, sp.Expr]]:
    """Return what a symbol may be where a test has a sign; nothing where that cannot be said."""
    for symbol in sorted(test.free_symbols, key=lambda x: (x.is_nonnegative is True, str(x))):
        slope, rest = test.coeff(symbol, 1), test.coeff(symbol, 0)
        plain = sp.expand(test - slope * symbol - rest) == 0 and not slope.has(symbol)
        if not plain or slope.is_positive is slope.is_negative:
            continue
        edge, more = sp.together(-rest / slope), sp.Dummy("more", positive=True)
        above = (sign > 0) is bool(slope.is_positive)
        if sign == 0:
            return [{symbol: edge}]
        if not symbol.is_nonnegative:
            return [{symbol: edge + more if above else edge - more}]
        if edge.is_positive and above:
            return [{symbol: edge + more}]
        if edge.is_positive:
            still = [] if symbol.is_positive else [{symbol: sp.S.Zero}]
            return [*still, {symbol: edge / (1 + more)}]
    return [{}]
