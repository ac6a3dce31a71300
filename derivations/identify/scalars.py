"""Numbers inside formulas of arrays: factors that are the same for all components, found exactly.

A quantity that does not change with the arrays is exact at any value of theirs; ones are the
shortest to write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sympy as sp

from derivations.algebra.components import Total, is_component
from derivations.algebra.symbols import Component, beta, beta_g
from derivations.identify.points import is_positive, reads, same

#: Values of the arrays in turn: at some of them a formula may not be defined.
_VALUES = (
    (sp.S.One, sp.S.Zero),
    (sp.S.One, sp.S.One),
    (sp.Integer(2), sp.Rational(1, 3)),
    (sp.Rational(1, 3), sp.S.One),
)


class Step(sp.Function):
    """A sign, with a slope that is not written out."""

    nargs = 1

    def _eval_is_real(self) -> bool:
        return True


def smooth(expr: sp.Expr) -> sp.Expr:
    """Write signs, sizes and maxima by `Step`, whose derivatives are quotients like others."""
    found = expr.replace(sp.Max, lambda *x: _folded(x, 1)).replace(
        sp.Min, lambda *x: _folded(x, -1)
    )
    found = found.replace(sp.Abs, lambda x: x * Step(x))
    return found.replace(sp.sign, lambda x: Step(x))


def _folded(arguments: tuple[sp.Expr, ...], sign: int) -> sp.Expr:
    value, *others = arguments
    for other in others:
        value = (value + other + sign * (value - other) * Step(value - other)) / 2
    return value


def ratios(expr: sp.Expr, top: sp.Symbol, bottom: sp.Symbol) -> Iterator[sp.Expr]:
    """Yield numbers that (∂e/∂top)/(∂e/∂bottom) may be, if it is a number.

    First from the sums inside the formula in which both symbols stand, then from the slopes.
    """
    seen: set[sp.Expr] = set()
    sums = [part for part in sp.preorder_traversal(expr) if part.is_Add and part.has(top, bottom)]
    for part in sorted(sums, key=sp.count_ops):
        whole = sp.expand(part)
        above, below = whole.coeff(top, 1), whole.coeff(bottom, 1)
        if below != 0 and not (_holds_array(above) or _holds_array(below)):
            ratio = short(above / below)
            if ratio not in seen:
                seen.add(ratio)
                yield ratio
    if not expr.has(sp.Max, sp.Min, sp.Abs, sp.sign, sp.Piecewise):
        yield from _of_slopes(expr, top, bottom)


def _of_slopes(expr: sp.Expr, top: sp.Symbol, bottom: sp.Symbol) -> Iterator[sp.Expr]:
    """Divide the slopes at values of the arrays, where the quotient is exact if it is a number."""
    above, below = sp.diff(expr, top), sp.diff(expr, bottom)
    for one, zero in _VALUES:
        values = {bottom: one, top: zero}
        up, down = (ones(side, values, one) for side in (above, below))
        if not up.has(sp.nan, sp.zoo, sp.oo) and not down.has(sp.nan, sp.zoo, sp.oo) and down != 0:
            yield sp.cancel(sp.together(up / down))


def _holds_array(expr: sp.Expr) -> bool:
    return any(isinstance(x, Component) for x in expr.free_symbols)


def ones(expr: sp.Expr, values: dict[sp.Symbol, sp.Expr], other: sp.Expr = sp.S.One) -> sp.Expr:
    """Put numbers for the arrays of a formula, in one dimension."""
    arrays = {x: values.get(x, other) for x in expr.free_symbols if isinstance(x, Component)}
    return put(expr, arrays).replace(Total, lambda part: part).doit(deep=False)


def put(expr: sp.Expr, values: Mapping[sp.Basic, sp.Basic]) -> sp.Expr:
    """Put values into a formula; not a number where it has no value there."""
    try:
        return expr.xreplace(values)
    except (ValueError, TypeError):  # a maximum of what is infinite
        return sp.nan


def without(expr: sp.Expr, symbol: sp.Symbol) -> sp.Expr:
    """Return a formula that does not depend on a symbol, without it; not a number if none is."""
    for value in (sp.S.Zero, sp.S.One, sp.Rational(1, 3)):
        found = put(expr, {symbol: value})
        if not found.has(sp.nan, sp.zoo, sp.oo):
            return found
    return sp.nan


def at_ones(expr: sp.Expr) -> sp.Expr:
    """Return a number that is written with arrays but does not depend on them, without them."""
    if not any(isinstance(x, Component) for x in expr.free_symbols):
        return short(expr)
    for one, _ in _VALUES[1:]:
        value = ones(expr, {}, one)
        if not value.has(sp.nan, sp.zoo, sp.oo, Step):
            return short(value)
    return short(expr)


def short(expr: sp.Expr) -> sp.Expr:
    """Return the shortest of a few forms of a number, without a minus sign that can be avoided."""
    forms = [expr, sp.factor_terms(expr), sp.cancel(sp.together(expr)), sp.factor(expr)]
    return upright(min((sp.powsimp(form) for form in forms), key=sp.count_ops))


def upright(expr: sp.Expr) -> sp.Expr:
    """Write denominators so that they are positive, such as 1 − μ for μ − 1."""

    def is_turned(part: sp.Basic) -> bool:
        return part.is_Pow and part.exp == -1 and part.base.is_Add and is_positive(-part.base)

    def is_root(part: sp.Basic) -> bool:
        turned = part.is_Pow and part.base.is_Pow and part.base.exp == -1
        return turned and not part.exp.is_integer and is_positive(part.base.base)

    plain = expr.replace(is_turned, lambda part: -1 / (-part.base))
    return plain.replace(is_root, lambda part: part.base.base ** (-part.exp))


def settled(expr: sp.Expr) -> sp.Expr:
    """Expand each sum inside a formula where that makes it shorter."""

    def shorter(part: sp.Expr) -> sp.Expr:
        return min((part, sp.expand(part)), key=sp.count_ops)

    return expr.replace(lambda part: part.is_Add, shorter)


def split(expr: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Part a formula of arrays into a number and the rest, which has no common number left."""
    best: tuple[sp.Expr, sp.Expr] | None = None
    for form in (expr, sp.factor_terms(expr), sp.factor_terms(sp.together(expr)), sp.factor(expr)):
        number, own = _parted(form)
        top, bottom = sp.fraction(own)
        if top.is_Add or bottom.is_Add:
            above, top = _parted(sp.factor_terms(top))
            below, bottom = _parted(sp.factor_terms(bottom))
            number, own = number * above / below, top / bottom
        if best is None or sp.count_ops(own) < sp.count_ops(best[1]):
            best = number, own
    assert best is not None
    return short(best[0]), best[1]


def _parted(expr: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    factors = sp.Mul.make_args(expr)
    own = [f for f in factors if is_component(f) or f.has(Total, beta, beta_g)]
    return sp.Mul(*(f for f in factors if f not in own)), sp.Mul(*own)


def is_multiple(left: sp.Expr, right: sp.Expr) -> bool:
    """Whether one formula is a number times another."""
    arrays = {x for x in (left * right).free_symbols if isinstance(x, Component)}
    return not reads(left / right, arrays) or same(left, right)
