"""A normal form of step formulas, in which equal ones mostly look alike.

Roots, functions and sums over components stand as symbols, and so do powers with the step's
number in the exponent: the rest is a fraction of polynomials, which has one reduced form.
"""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import Total


def normal(expr: sp.Expr) -> sp.Expr:
    """Return the reduced form of a formula.

    >>> from derivations.algebra.symbols import X
    >>> from derivations.textbook import beta_2, count
    >>> normal(X * beta_2 ** (count - 1) * sp.sqrt(beta_2 - (beta_2 - 1)))
    X*beta_2**count/beta_2
    """
    names: dict[sp.Expr, sp.Symbol] = {}
    plain = _rational(expr, names)
    back = {symbol: part for part, symbol in names.items()}
    return sp.cancel(sp.together(plain)).xreplace(back)


def _rational(expr: sp.Expr, names: dict[sp.Expr, sp.Symbol]) -> sp.Expr:
    """Write a formula as a fraction of polynomials in symbols, and note what they stand for."""
    if expr.is_Symbol or expr.is_Rational:
        return expr
    if expr.is_Add or expr.is_Mul:
        return expr.func(*(_rational(part, names) for part in expr.args))
    base, exponent = expr.as_base_exp()
    if expr.is_Pow and exponent.is_Integer:
        return _rational(base, names) ** exponent
    if expr.is_Pow and not exponent.is_number:
        return _power(base, exponent, names)
    if not expr.args:
        return expr
    if isinstance(expr, sp.Piecewise):
        return _named(sp.Piecewise(*((normal(x), _test(test)) for x, test in expr.args)), names)
    inner = expr.func(*(normal(part) for part in expr.args))
    if inner.is_Pow and inner.exp.is_Rational and not inner.exp.is_Integer:
        return _root(inner.base, inner.exp, names)
    return _named(inner, names) if inner.args else inner


def _test(test: sp.Basic) -> sp.Basic:
    """Reduce both sides of a comparison."""
    return test.func(*map(normal, test.args)) if isinstance(test, sp.Rel) else test


def _power(base: sp.Expr, exponent: sp.Expr, names: dict[sp.Expr, sp.Symbol]) -> sp.Expr:
    """Take numbers out of an exponent: b^(n − 1) is b^n/b."""
    number, rest = sp.expand(exponent).as_coeff_Add()
    base = normal(base)
    if not number.is_Integer:
        return _named(base**exponent, names)
    return _named(base**rest, names) * _rational(base, names) ** number


def _root(base: sp.Expr, exponent: sp.Expr, names: dict[sp.Expr, sp.Symbol]) -> sp.Expr:
    """Part a root into those of its factors that are positive, each as a symbol."""
    whole = sp.floor(exponent)
    factors = sp.Mul.make_args(sp.factor(base))
    if len(factors) == 1:
        return _named(base ** (exponent - whole), names) * _rational(base, names) ** whole
    return _named(sp.Mul(*factors) ** (exponent - whole), names) * _rational(base, names) ** whole


def _named(part: sp.Expr, names: dict[sp.Expr, sp.Symbol]) -> sp.Expr:
    if part.is_Mul:
        return sp.Mul(*(_named(factor, names) for factor in part.args))
    if part.is_Symbol or part.is_Rational:
        return part
    if isinstance(part, Total) and part in names:
        return names[part]
    return names.setdefault(part, sp.Dummy(str(len(names)), positive=part.is_positive))
