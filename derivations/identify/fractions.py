"""Formulas as fractions of polynomials, with symbols for all that is no polynomial.

Roots, functions, sums over components and powers with a symbol in the exponent stand as symbols,
with the relations rʳ = p of roots.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import sympy as sp

from derivations.algebra.components import Sum, Total, is_component
from derivations.algebra.cubic import CubicRoot
from derivations.algebra.sizes import size
from derivations.algebra.symbols import Component
from derivations.errors import TooLargeError
from derivations.identify.points import same

#: Operations up to which a formula is factored, and is written by degrees.
_FACTORED, _LONGEST = 400, 6000
#: Terms up to which a polynomial is multiplied out.
_MOST_TERMS = 20_000


@dataclass
class Fractions:
    """Fractions of polynomials in symbols that stand for roots, functions, sums and powers."""

    names: dict[sp.Expr, sp.Symbol] = field(default_factory=dict)
    roots: dict[sp.Symbol, tuple[sp.Expr, int]] = field(default_factory=dict)

    def vanishes(self, expr: sp.Expr) -> bool:
        """Whether a formula is zero by algebra and the relations of its roots."""
        return bool(self.reduced(sp.fraction(sp.together(self.form(expr)))[0]) == 0)

    def reduced(self, top: sp.Expr) -> sp.Expr:
        """Write a polynomial without powers of roots that are no roots.

        Raises `TooLargeError` for one that has too many terms to be multiplied out.
        """
        top = _expanded(top)
        for symbol in reversed(list(self.roots)):  # a later root may hold an earlier one
            base, degree = self.roots[symbol]
            if not top.has(symbol):
                continue
            parts = sp.Poly(top, symbol).as_dict()
            whole = sp.Add(
                *(c * symbol ** (n % degree) * base ** (n // degree) for (n,), c in parts.items())
            )
            top = _expanded(sp.fraction(sp.together(whole))[0])
        return top

    def form(self, expr: sp.Expr) -> sp.Expr:
        """Write a formula as a fraction."""
        if expr.is_Symbol or expr.is_Rational:
            return expr
        if expr.is_Add or expr.is_Mul:
            return expr.func(*map(self.form, expr.args))
        if expr.is_Pow or isinstance(expr, sp.exp):
            return self._power(*expr.as_base_exp())
        if isinstance(expr, CubicRoot):
            return self.form(expr.written_out())
        if isinstance(expr, sp.Max | sp.Min):
            return self._largest(expr)
        if not expr.args or isinstance(expr, sp.Piecewise):
            return self._named(expr)
        return self._applied(expr)

    def _applied(self, expr: sp.Expr) -> sp.Expr:
        """Apply a function to its arguments in their reduced form; factors may come out of it."""
        inner = [self.back(self.factored(self.form(x))) for x in expr.args]
        if isinstance(expr, Total):  # a square of a sum is a sum of totals
            inner = [x if is_component(sp.denom(x)) else sp.expand(x) for x in inner]
        found = expr.func(*inner)
        if found.is_Add or found.is_Mul:
            return found.func(*(self._outer(x) for x in found.args))
        return self._outer(found)

    def _outer(self, part: sp.Expr) -> sp.Expr:
        if part.is_Add or part.is_Mul:
            return part.func(*map(self._outer, part.args))
        if isinstance(part, sp.Abs) and part.args[0].is_real:
            return self._size(self.factored(self.form(part.args[0])))
        if isinstance(part, Sum | sp.Function) and not isinstance(part, sp.exp):
            return self._named(part)
        return self.form(part)

    def _power(self, base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
        if exponent.is_Integer:
            return self.form(base) ** exponent
        while base.is_Pow and base.base.is_nonnegative:
            base, exponent = base.base, sp.cancel(base.exp * exponent)
        if base == sp.E:
            return sp.Mul(*(self._raised(sp.E, x) for x in sp.Add.make_args(sp.expand(exponent))))
        whole = self.factored(self.form(base))
        made: sp.Expr = sp.S.One
        rest: sp.Expr = sp.S.One
        for factor in sp.Mul.make_args(whole):
            inner, power = factor.as_base_exp()
            inner, power = (inner, power) if power.is_Integer else (factor, sp.S.One)
            if not self.is_positive(inner) and power % 2 == 0:
                inner = self._size(inner)  # (x²)ᵉ = |x|²ᵉ
            if self.is_positive(inner):
                made *= self._of_terms(inner, sp.expand(power * exponent))
            else:
                rest *= factor
        return made * (self._of_terms(rest, sp.expand(exponent)) if rest != 1 else sp.S.One)

    def _size(self, base: sp.Expr) -> sp.Expr:
        """Write |x| as a symbol whose square is x²."""
        size = sp.Abs(self.back(base))
        symbol = self._named(size, True)
        if symbol.is_Symbol and isinstance(size, sp.Abs):
            self.roots[symbol] = base**2, 2
        return symbol

    def _of_terms(self, base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
        return sp.Mul(*(self._raised(base, x) for x in sp.Add.make_args(exponent)))

    def _raised(self, base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
        """Raise an inseparable base to one term of an exponent."""
        if not exponent.is_Rational and base in self.roots:
            if not isinstance(self.back(base), sp.Abs):
                base, degree = self.roots[base]
                exponent = exponent / degree
        times, own = exponent.as_coeff_Mul()
        if own == 1 and base != sp.E:
            if times.is_Integer:
                return base**times
            return self._root(base, int(times.q)) ** times.p
        if base.is_Rational and base < 1:
            base, times = 1 / base, -times
        own = sp.cancel(own) / times.q
        return self._named(self.back(base) ** own, True) ** times.p

    def _root(self, base: sp.Expr, degree: int) -> sp.Expr:
        if base.is_Rational and not base.is_negative:
            parts = sp.Mul.make_args(base ** sp.Rational(1, degree))
            return sp.Mul(*(x if x.is_Rational else self._symbol(*x.as_base_exp()) for x in parts))
        return self._symbol(base, sp.Rational(1, degree))

    def _symbol(self, base: sp.Expr, exponent: sp.Rational) -> sp.Expr:
        degree = int(exponent.q)
        for symbol, (known, order) in self.roots.items():
            if order == degree and known == base:
                return symbol**exponent.p
        shown = self.back(base)
        symbol = sp.Dummy("r", positive=True if self.is_positive(base) else None)
        for known, (other, order) in list(self.roots.items()):
            if order == degree and same(self.back(other), shown):
                if self.reduced(sp.fraction(sp.together(other - base))[0]) == 0:
                    return known**exponent.p
        self.roots[symbol] = base, degree
        self.names[shown ** sp.Rational(1, degree)] = symbol
        return symbol**exponent.p

    def _largest(self, expr: sp.Expr) -> sp.Expr:
        """Take positive factors that all arguments share out of a maximum."""
        marks = [sp.Dummy(str(i)) for i, _ in enumerate(expr.args)]
        forms = [self.form(x) for x in expr.args]
        whole = self.factored(sp.Add(*(m * x for m, x in zip(marks, forms, strict=True))))
        outer = [
            x for x in sp.Mul.make_args(whole)
            if not x.has(*marks) and self.is_positive(x.as_base_exp()[0])
        ]  # fmt: skip
        number = sp.Mul(*outer)
        rest = [self.back(self.factored(x / number)) for x in forms]
        return number * self._named(expr.func(*rest))

    def _named(self, part: sp.Expr, positive: bool = False) -> sp.Expr:
        """Return the symbol of a part; that of an equal one, if one is known."""
        if part in self.names:
            return self.names[part]
        if part.is_Rational or part.is_Symbol:
            return part
        if part.is_Mul or part.is_Add:
            return part.func(*(self._named(x) for x in part.args))
        for known, symbol in list(self.names.items()):
            if known.func == part.func and known.args and self._is_same(known, part):
                return symbol
        sign = True if positive or part.is_positive else None
        nonnegative = True if part.is_nonnegative and not sign else None
        symbol = sp.Dummy("q", positive=sign, nonnegative=nonnegative, real=True)
        self.names[part] = symbol
        return symbol

    def _is_same(self, known: sp.Expr, part: sp.Expr) -> bool:
        """Whether two applications of one function have arguments that are equal by algebra."""
        if len(known.args) != len(part.args) or isinstance(part, sp.Piecewise):
            return False
        if not same(known, part):
            return False
        pairs = zip(known.args, part.args, strict=True)
        return all(a == b or self.vanishes(a - b) for a, b in pairs)

    def factored(self, whole: sp.Expr) -> sp.Expr:
        """Cancel a fraction, and factor what is not too long."""
        whole = sp.together(whole)
        if sp.count_ops(whole) > _FACTORED:
            return sp.factor_terms(whole)
        return sp.factor(whole)

    def is_positive(self, base: sp.Expr) -> bool:
        """Whether a polynomial is known to be positive wherever it has a value."""
        return bool(base.is_nonnegative)

    def back(self, expr: sp.Expr) -> sp.Expr:
        """Write what the symbols stand for."""
        known = {symbol: part for part, symbol in self.names.items()}
        while expr.free_symbols & set(known):
            expr = expr.xreplace(known)
        return expr


def by_degree(expr: sp.Expr) -> sp.Expr:
    """Return a polynomial of arrays with each degree factored, where that makes it shorter.

    >>> from derivations.algebra.symbols import G, X
    >>> by_degree(G**2 / 2 - G * X + X**2 / 2 + 1)
    (G - X)**2/2 + 1
    """
    made = Fractions()
    unit = sp.Dummy("unit")
    arrays = {x: unit * x for x in expr.free_symbols if isinstance(x, Component)}
    if sp.count_ops(expr) > _LONGEST or expr.has(sp.Max, sp.Min, sp.Piecewise, sp.Abs, sp.sign):
        return expr
    top, bottom = sp.fraction(sp.cancel(sp.together(made.form(expr).xreplace(arrays))))
    if bottom.has(unit) or not top.is_polynomial(unit):
        return expr
    parts = sp.Poly(top, unit).as_dict().values()
    found = made.back(sp.Add(*(sp.factor(part / bottom) for part in parts)))
    return min(expr, found, key=sp.count_ops)


def _expanded(top: sp.Expr) -> sp.Expr:
    terms = size(top).terms
    if terms > _MOST_TERMS:
        raise TooLargeError(f"a polynomial of the proof has {terms} terms, at most {_MOST_TERMS}")
    return sp.expand(top)
