"""Limits in one-component algebra: a value, or a named refusal."""

from __future__ import annotations

import sympy as sp
from sympy.core.function import PoleError

from derivations.algebra.cubic import CubicRoot
from derivations.algebra.matrices import OfMatrix
from derivations.algebra.stand_ins import WHOLE, outermost, stand_ins
from derivations.errors import NoLimitError

#: What SymPy leaves in the place of a limit that does not exist, or that it could not find.
_NO_VALUE = (sp.Limit, sp.AccumBounds, sp.nan, sp.zoo)


def limit(expr: sp.Expr, variable: sp.Symbol, target: sp.Expr | int, side: str = "+") -> sp.Expr:
    """The limit of an expression in one-component algebra, with its sums held fixed.

    `side` is "+", "-", or "+-" for a limit from both. Raises `NoLimitError` where there is none,
    and where the variable stands inside a sum, which cannot be held fixed then.

    >>> from derivations.algebra.components import norm2
    >>> from derivations.algebra.symbols import X, parameter
    >>> delta = parameter("delta")
    >>> limit(X / sp.sqrt(1 + delta * norm2(X)), delta, sp.oo)
    0
    """
    target = sp.sympify(target, strict=True)
    if any(part.has(variable) for part in sp.sympify(expr, strict=True).atoms(CubicRoot)):
        raise NoLimitError(_says(expr, variable, target, "it stands in the root of a cubic"))
    expr = _into_function(sp.sympify(expr, strict=True), variable, target, side)
    if any(part.has(variable) for part in outermost(expr, WHOLE)):
        raise NoLimitError(_says(expr, variable, target, "it stands inside a sum over components"))
    names = stand_ins(expr, WHOLE)
    sums = {symbol: part for part, symbol in names.items()}
    values = {
        one: _one_sided(expr, expr.xreplace(names), variable, target, one).xreplace(sums)
        for one in (side if target.is_finite else side[0])
    }
    first, *others = values.values()
    if any(sp.simplify(first - other) != 0 for other in others if other != first):
        found = " and ".join(f"{value} from the side {one}" for one, value in values.items())
        raise NoLimitError(_says(expr, variable, target, f"it is {found}"))
    return first


def _into_function(expr: sp.Expr, variable: sp.Symbol, target: sp.Expr, side: str) -> sp.Expr:
    """Take the limit of a function of a matrix for each eigenvalue, factors before it included."""
    factors = sp.Mul.make_args(expr)
    moving = [factor for factor in factors if factor.has(variable)]
    still = [factor for factor in factors if not factor.has(variable)]
    functions = [factor for factor in moving if isinstance(factor, OfMatrix)]
    if len(functions) != 1:
        return expr
    function, others = functions[0], sp.Mul(*(x for x in moving if x is not functions[0]))
    if others.has(*WHOLE) or any(part.has(variable) for part in function.args[1:]):
        return expr
    body = limit(function.body * others, variable, target, side)
    return sp.Mul(*still) * function.func(body, *function.args[1:])


def limits_taken(side: sp.Basic) -> sp.Basic:
    """Take the limits that a side of a statement is written with."""
    return side.replace(
        sp.Limit,
        lambda expr, variable, target, direction: limit(expr, variable, target, str(direction)),
    )


def _one_sided(
    whole: sp.Expr, expr: sp.Expr, variable: sp.Symbol, target: sp.Expr, side: str
) -> sp.Expr:
    try:
        value = sp.limit(expr, variable, target, side)
    except (NotImplementedError, PoleError, ValueError) as error:
        raise NoLimitError(_says(whole, variable, target, "SymPy finds none")) from error
    if value.has(*_NO_VALUE):
        raise NoLimitError(_says(whole, variable, target, f"SymPy gives {value}"))
    return value


def _says(expr: sp.Expr, variable: sp.Symbol, target: sp.Expr, why: str) -> str:
    place = {sp.oo: "∞", -sp.oo: "−∞"}.get(target, str(target))
    return f"{expr} has no limit for {variable} → {place}: {why}"
