"""The step of a proof that states an order, left = right + O(xⁿ)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import sympy as sp

from derivations.algebra.limits import limit
from derivations.proofs.proof import Step, differences, different, equal


@dataclass(frozen=True)
class ToOrder(Step):
    """`left` and `right` differ by the order `power` in `variable` as it goes to zero.

    The order is attained: all lower ones vanish, and this one does not. In a refutation some
    lower order does not vanish.

    >>> from derivations.algebra.symbols import tau
    >>> ToOrder("Euler", "Taylor", sp.exp(tau), 1 + tau, variable=tau, power=2).holds
    True
    >>> ToOrder("Euler", "Taylor", sp.exp(tau), 1 + tau, variable=tau, power=1).holds
    False
    """

    variable: sp.Symbol = field(kw_only=True)
    power: int = field(kw_only=True)

    @property
    def shown(self) -> sp.Expr:
        """The right side with the order of what is left out."""
        rest = sp.Order(self.variable**self.power)
        if isinstance(self.right, sp.MatrixBase):
            return self.right.applyfunc(lambda entry: sp.Add(entry, rest, evaluate=False))
        return sp.Add(self.right, rest, evaluate=False)

    def _confirmed(self) -> bool:
        *lower, last = zip(
            *(
                coefficients(gap, self.variable, self.power)
                for gap in differences(self.left, self.right)
            ),
            strict=True,
        )
        if self.differs:
            return any(different(term, sp.S.Zero) for terms in lower for term in terms)
        vanish = all(equal(term, sp.S.Zero) for terms in lower for term in terms)
        return vanish and any(different(term, sp.S.Zero) for term in last)


def coefficients(expr: sp.Expr, variable: sp.Symbol, power: int) -> Iterable[sp.Expr]:
    """The coefficients of a Taylor series about zero, from the constant to that of `power`.

    >>> from derivations.algebra.symbols import tau
    >>> list(coefficients(sp.exp(2 * tau), tau, 2))
    [1, 2, 2]
    """
    for order in range(power + 1):
        expr = sp.diff(expr, variable) if order else expr.doit()
        value = expr.subs(variable, 0).doit()
        if value.has(sp.nan, sp.zoo):
            value = limit(expr.doit(), variable, sp.S.Zero)
        yield value / sp.factorial(order)
