"""What a user's method may return: a SymPy expression, or a number, and never a text."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from derivations.errors import EnergyError


def exact_expression(value: object, what: str) -> sp.Expr:
    """Return a value as an expression in which decimal fractions are exact.

    Raises `EnergyError` for what is no expression; text is never parsed.

    >>> exact_expression(sp.Float(0.1) * sp.Symbol("x"), "kinetic energy")
    x/10
    """
    if isinstance(value, bool | str | bytes) or not isinstance(
        value, sp.Expr | int | float | Fraction
    ):
        raise EnergyError(
            f"the {what} came out as {value!r}, of type {type(value).__name__}; return an "
            "expression of the arguments, written with hm.total, hm.sqrt, hm.exp, …"
        )
    expr = sp.sympify(value, strict=True)
    return expr.xreplace({number: _exact(number) for number in expr.atoms(sp.Float)})


def _exact(number: sp.Float) -> sp.Rational:
    """Return the simple fraction that a double stands for, or the double itself."""
    value = sp.Rational(repr(float(number)))
    simple = value.limit_denominator(10**6)
    return simple if abs(simple - value) <= abs(value) * sp.Rational(1, 10**15) else value
