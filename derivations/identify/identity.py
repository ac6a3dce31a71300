"""Equality of two formulas of a step, decided in bounded time.

Values at points come first: sides that differ there are not equal, and nothing more is tried.
Then both become one fraction of polynomials, in which roots, functions, sums over components and
powers with a symbol in the exponent stand as symbols with the relations rʳ = p of roots.
`simplify` is asked for short formulas alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.errors import TooLargeError
from derivations.identify.cases import DECIDED, vanishes_in_cases
from derivations.identify.fractions import Fractions
from derivations.identify.normal import normal
from derivations.identify.points import same
from derivations.proofs.proof import Step, equal
from derivations.textbook import count

#: Operations up to which a formula is compared at all, and may be simplified.
_LONGEST, _SHORT = 6000, 60
#: What `simplify` takes long for.
_BRANCHES = (sp.Max, sp.Min, sp.Piecewise, sp.Heaviside)


@dataclass(frozen=True)
class Identity(Step):
    """A line of a proof whose sides are equal for all `fractions` between zero and one.

    `before` writes the states before the step by those after it, in which some sides are shorter.
    """

    fractions: tuple[sp.Expr, ...] = ()
    before: tuple[tuple[sp.Symbol, sp.Expr], ...] = ()

    def _confirmed(self) -> bool:
        left, right = self.left, self.right
        if self.before and (left - right).has(*DECIDED):
            after = dict(self.before)
            first, second = (normal(side.xreplace(after)) for side in (left, right))
            if identical(first, second, self.fractions):
                return True
        return identical(left, right, self.fractions)


def identical(left: sp.Expr, right: sp.Expr, fractions: tuple[sp.Expr, ...] = ()) -> bool:
    """Prove that two formulas are equal where `fractions` are between zero and one.

    >>> b = sp.Symbol("b", positive=True)
    >>> identical(sp.sqrt((1 - b) / b**3) * b, sp.sqrt(1 / b - 1), (b,))
    True
    """
    if left == right:
        return True
    if not same(left, right):
        return False
    try:
        within = _between(left - right, fractions)
        if sp.count_ops(within) <= _LONGEST and _vanishes(within):
            return True
        short = sp.count_ops(left - right) <= _SHORT and not within.has(*_BRANCHES)
        return short and equal(left, right)
    except (RecursionError, sp.PolynomialError, TooLargeError):
        return False


def _vanishes(expr: sp.Expr) -> bool:
    """Whether a formula is zero as it stands, or in every case of its tests."""
    if Fractions().vanishes(expr):
        return True
    return expr.has(*DECIDED) and vanishes_in_cases(expr, lambda x: Fractions().vanishes(x))


def _between(expr: sp.Expr, fractions: tuple[sp.Expr, ...]) -> sp.Expr:
    """Write b = 1/(1 + T) and bⁿ = 1/(1 + Tₙ) with positive T, so that 1 − b is known to be."""
    values: dict[sp.Expr, sp.Expr] = {}
    for number in fractions:
        expr = _power_apart(expr, number)
        own = sorted(number.free_symbols, key=str)
        if number.is_Symbol or (len(own) == 1 and sp.expand(1 - number) == own[0]):
            values[own[0]] = 1 / (1 + sp.Dummy(f"T_{own[0]}", positive=True))
    return expr.xreplace(values)


def _power_apart(expr: sp.Expr, number: sp.Expr) -> sp.Expr:
    """Write a fraction to the power of the step's number by a positive symbol of its own."""
    symbol = sp.Dummy(f"T_{number}ⁿ", positive=True)

    def is_own(part: sp.Basic) -> bool:
        if not (part.is_Pow and part.exp.has(count)):
            return False
        return part.base == number or sp.expand(part.base - number) == 0

    def apart(part: sp.Expr) -> sp.Expr:
        times, rest = sp.expand(part.exp).as_independent(count, as_Add=True)
        number_of = rest.coeff(count)
        if rest != number_of * count or not number_of.is_Integer:
            return part
        return (1 / (1 + symbol)) ** number_of * part.base**times

    return expr.replace(is_own, apart)
