"""Powers of a component, joined so that none of them divides by it without need."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

import sympy as sp

from derivations.algebra.symbols import Component


def joined(expr: sp.Expr, variables: Collection[sp.Symbol] = ()) -> sp.Expr:
    """Join the powers of a component, or of a variable, so that no quotient of them is left.

    >>> from derivations.algebra.symbols import X, parameter
    >>> n = parameter("n")
    >>> joined(X ** (2 * n) / X), joined(sp.Abs(X) ** n / X)
    (X**(2*n - 1), Abs(X)**(n - 1)*sign(X))
    """

    def is_quotient(part: sp.Basic) -> bool:
        return isinstance(part, sp.Mul) and any(
            factor.is_Pow and factor.exp.could_extract_minus_sign() for factor in part.args
        )

    if not expr.has(sp.Pow):
        return expr
    return expr.replace(is_quotient, lambda *factors: _joined(sp.Mul(*factors), variables))


def _joined(product: sp.Expr, variables: Collection[sp.Symbol]) -> sp.Expr:
    powers: defaultdict[sp.Expr, sp.Expr] = defaultdict(lambda: sp.S.Zero)
    others = []
    for factor in sp.Mul.make_args(product):
        base, exponent = factor.as_base_exp()
        if isinstance(base, Component | sp.Abs) or base in variables:
            powers[base] += exponent
        else:
            others.append(factor)
    for size in [base for base in powers if isinstance(base, sp.Abs)]:
        signed = powers.get(size.args[0], sp.S.Zero)
        if signed.is_Integer and signed != 0:
            powers[size] += powers.pop(size.args[0])
            others.append(sp.sign(size.args[0]) ** (int(signed) % 2))
    return sp.Mul(*others, *(base**exponent for base, exponent in powers.items()))
