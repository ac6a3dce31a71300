"""The value of a number in doubles, in a time that does not depend on how large it is."""

from __future__ import annotations

import cmath
from collections.abc import Callable

import sympy as sp

_FUNCTIONS: dict[type[sp.Basic], Callable[..., complex]] = {
    sp.exp: cmath.exp, sp.log: cmath.log, sp.sinh: cmath.sinh, sp.cosh: cmath.cosh,
    sp.tanh: cmath.tanh, sp.asinh: cmath.asinh, sp.atan: cmath.atan, sp.Abs: abs,
    sp.sign: lambda x: (x.real > 0) - (x.real < 0),
    sp.Max: lambda *x: max(value.real for value in x),
    sp.Min: lambda *x: min(value.real for value in x),
}  # fmt: skip


def double(number: sp.Basic) -> complex:
    """Return a number as a double; raise `ArithmeticError` or `ValueError` where it is none.

    >>> double(1 / sp.sqrt(2) + sp.exp(0))
    (1.7071067811865475+0j)
    """
    if number.is_Rational:
        return complex(int(number.p) / int(number.q))
    inside = [double(each) for each in number.args]
    if number.is_Add:
        return sum(inside)
    if number.is_Mul:
        product = complex(1)
        for each in inside:
            product *= each
        return product
    if number.is_Pow:
        return _real(inside[0]) ** inside[1]
    if type(number) in _FUNCTIONS:
        return complex(_FUNCTIONS[type(number)](*map(_real, inside)))
    if not number.is_Float and not number.is_NumberSymbol and number is not sp.I:
        raise ValueError(f"{type(number).__name__} has no value in doubles")
    return complex(number)


def _real(value: complex) -> complex:
    """Take a rounding error off the real axis away."""
    return complex(value.real) if abs(value.imag) <= 1e-12 * abs(value.real) else value
