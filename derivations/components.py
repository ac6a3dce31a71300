r"""One-component algebra: vectors of any dimension with scalar symbols.

`w`, `X` and `G` each stand for one component, and a sum over components is the function
`Total(expr)`. Its derivative with respect to its argument is 1, so that SymPy's chain rule turns
:math:`\partial/\partial X_j` of :math:`F(\sum_i \varphi(X_i))` into
:math:`F'(\cdot)\,\varphi'(X_j)`. First derivatives are exact in any dimension; second derivatives
across components are not, and are taken with `explicit` coordinates instead.
"""

from __future__ import annotations

import sympy as sp

from derivations.symbols import Component, G, L, X, w


class Total(sp.Function):
    r"""The sum of an expression over all components, :math:`\sum_i e_i`.

    Linear by construction: sums are split and factors that are the same for all components are
    taken out, so that equal totals compare equal.

    >>> from derivations.symbols import X, beta
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
            return None
        if not is_component(argument) and argument != 1:
            return argument * cls(sp.S.One)
        return None

    def _eval_derivative(self, symbol: sp.Symbol) -> sp.Expr:
        """By a component: that component's term, and what the sums inside change for all.

        By a number, which all terms share, every term changes.
        """
        if not isinstance(symbol, Component):
            return Total(self.args[0].diff(symbol))
        inner = {part: sp.Dummy(real=True) for part in self.args[0].atoms(Total)}
        sums = {name: part for part, name in inner.items()}
        argument = self.args[0].xreplace(inner)
        shared = (
            Total(argument.diff(name).xreplace(sums)) * part.diff(symbol)
            for part, name in inner.items()
            if argument.has(name)
        )
        return sp.Add(argument.diff(symbol).xreplace(sums), *shared)

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
    if isinstance(expr, Total):
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

    >>> from derivations.symbols import X
    >>> explicit(X / sp.sqrt(norm2(X)), 2, index=0)
    X1/sqrt(X1**2 + X2**2)
    """

    def at(part: sp.Expr, position: int) -> sp.Expr:
        return part.xreplace({v: coordinate(v, position) for v in (w, X, G)})

    def open_totals(part: sp.Expr) -> sp.Expr:
        if isinstance(part, Total):
            inner = open_totals(part.args[0])
            return sp.Add(*(at(inner, j) for j in range(dimension)))
        return part.func(*map(open_totals, part.args)) if part.args else part

    opened = open_totals(sp.sympify(expr, strict=True))
    return opened if index is None else at(opened, index)


def coordinate(variable: sp.Symbol, index: int) -> sp.Symbol:
    """Return coordinate number `index` (from 0) of w, X or G."""
    return sp.Symbol(f"{variable.name}{index + 1}", real=True)
