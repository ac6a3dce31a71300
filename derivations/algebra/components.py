r"""One-component algebra: vectors of any dimension with scalar symbols.

`w`, `X` and `G` each stand for one component, and a sum over components is the function
`Total(expr)`. Its derivative with respect to its argument is 1, so that SymPy's chain rule turns
:math:`\partial/\partial X_j` of :math:`F(\sum_i \varphi(X_i))` into
:math:`F'(\cdot)\,\varphi'(X_j)`. First derivatives are exact in any dimension; second derivatives
across components are not, and are taken with `explicit` coordinates instead.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from derivations.algebra.symbols import Component, G, L, w

#: Writes a part of a formula in coordinates, at an index where it has a free component.
At = Callable[[sp.Expr, int], sp.Expr]


class Sum(sp.Function):
    """A number of the whole system: the components that it is made of are bound in it.

    A subclass writes itself out by `in_coordinates(dimension, at)`. Even that of ones is no plain
    number: it is as many as there are components.
    """

    is_number = False


class Coupled(sp.Function):
    """One component of an array that depends on all components of the arrays it is made of.

    A subclass writes itself out by `in_coordinates(dimension, at, index)`.
    """

    def summed_with(self, other: sp.Expr) -> sp.Expr | None:
        """Return the sum of the product with another component, where it has a short form."""
        return None


class Total(Sum):
    r"""The sum of an expression over all components, :math:`\sum_i e_i`.

    Linear by construction: sums are split and factors that are the same for all components are
    taken out, so that equal totals compare equal.

    >>> from derivations.algebra.symbols import X, beta
    >>> Total(3 * beta * X**2 + X)
    3*beta*Total(X**2) + Total(X)
    """

    nargs = 1

    @classmethod
    def eval(cls, argument: sp.Expr) -> sp.Expr | None:
        argument = sp.sympify(argument, strict=True)
        if argument.is_zero:
            return sp.S.Zero
        if argument.is_Add:
            return sp.Add(*(cls(term) for term in argument.args))
        if argument.is_Mul:
            common: list[sp.Expr] = []
            own: list[sp.Expr] = []
            for factor in argument.args:
                (own if is_component(factor) else common).append(factor)
            expanded = sp.expand_mul(sp.Mul(*own))
            if common or expanded.is_Add:
                return sp.Mul(*common) * cls(expanded)
            found = (f.summed_with(argument / f) for f in own if isinstance(f, Coupled))
            return next((short for short in found if short is not None), None)
        if not is_component(argument) and argument != 1:
            return argument * cls(sp.S.One)
        return None

    def _eval_derivative(self, symbol: sp.Symbol) -> sp.Expr:
        """By a component: that component's term, and what the sums inside change for all.

        By a number, which all terms share, every term changes.
        """
        if not isinstance(symbol, Component):
            return Total(self.args[0].diff(symbol))
        inner = {part: sp.Dummy(real=True) for part in self.args[0].atoms(Sum)}
        sums = {name: part for part, name in inner.items()}
        argument = self.args[0].xreplace(inner)
        slopes = {name: part.diff(symbol) for part, name in inner.items() if argument.has(name)}
        shared = (
            Total(argument.diff(name).xreplace(sums)) * slope
            for name, slope in slopes.items()
            if slope != 0
        )
        return sp.Add(argument.diff(symbol).xreplace(sums), *shared)

    def in_coordinates(self, dimension: int, at: At) -> sp.Expr:
        """Write the sum out."""
        return sp.Add(*(at(self.args[0], index) for index in range(dimension)))

    def _eval_is_real(self) -> bool | None:
        return self.args[0].is_real

    def _eval_is_nonnegative(self) -> bool | None:
        return self.args[0].is_nonnegative


def total(expr: sp.Expr) -> sp.Expr:
    """Sum `expr` over the components."""
    return Total(sp.sympify(expr, strict=True))


def norm2(expr: sp.Expr) -> sp.Expr:
    """Return the squared Euclidean norm of `expr`."""
    return Total(sp.sympify(expr, strict=True) ** 2)


def is_component(expr: sp.Expr) -> bool:
    """Tell whether `expr` differs between components: one of them stands outside every total."""
    if isinstance(expr, Component):
        return True
    if isinstance(expr, Sum):
        return False
    return any(is_component(argument) for argument in expr.args)


def slope(scalar: sp.Expr, variable: sp.Symbol) -> sp.Expr:
    """Return the component of the gradient of a scalar; ∂L/∂w is the leaf G."""
    result = sp.diff(scalar, variable)
    if variable == w:
        result += sp.diff(scalar, L) * G
    return result


def explicit(expr: sp.Expr, dimension: int, index: int | None = None) -> sp.Expr:
    """Write `expr` out in coordinates w1, X1, G1, …, with component `index` where it is free.

    >>> from derivations.algebra.symbols import X
    >>> explicit(X / sp.sqrt(norm2(X)), 2, index=0)
    X1/sqrt(X1**2 + X2**2)
    """

    def at(part: sp.Expr, position: int | None) -> sp.Expr:
        if isinstance(part, Sum):
            return part.in_coordinates(dimension, at)
        if isinstance(part, Coupled) and position is not None:
            return part.in_coordinates(dimension, at, position)
        if type(part) is Component:
            return part if position is None else coordinate(part, position)
        return part.func(*(at(inner, position) for inner in part.args)) if part.args else part

    return at(sp.sympify(expr, strict=True), index)


def coordinate(variable: sp.Symbol, index: int) -> sp.Symbol:
    """Return coordinate number `index` (from 0) of w, X, G or a moment."""
    sign = {"nonnegative": True} if variable.is_nonnegative else {}
    return sp.Symbol(f"{variable.name}{index + 1}", real=True, **sign)
