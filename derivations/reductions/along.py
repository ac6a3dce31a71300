"""Rates of change of scalars along a flow, in one-component algebra."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp
from sympy.printing.printer import Printer

from derivations.algebra.components import Total, slope
from derivations.algebra.notation import At, Notation, Partial, Rate
from derivations.algebra.symbols import Component, U, X, beta, w
from derivations.system.equations import Equations

Rates = Mapping[sp.Symbol, sp.Expr]


class Scalar(Notation):
    """A scalar function of an array that is named but not given; its gradient is known by name.

    >>> K, m = sp.Symbol("K"), Component("m")
    >>> sp.diff(Scalar(K, Total(2 * m)), m)
    2*At(Partial(K, m), 2*m)
    """

    nargs = 2

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        name, point = self.args
        return gradient(name, point.replace(Total, lambda component: component))


class Along(Rate):
    """The rate of a scalar along a flow: written as one, and worked out by `doit`.

    The second argument pairs letters with their rates, the third names with the functions that
    they stand for.
    """

    nargs = 3

    def doit(self, **hints: Any) -> sp.Expr:
        scalar, rates, names = self.args
        return along(scalar.xreplace(dict(names.args)), dict(rates.args))

    def _as_rate(self, printer: Printer) -> Any:
        return printer._print(Rate(self.args[0]))

    _latex = _mathml_presentation = _sympystr = _as_rate


def gradient(name: sp.Symbol, point: sp.Expr) -> sp.Expr:
    """One component of the gradient of a function that is named but not given, at a point."""
    if isinstance(point, Component):
        return Partial(name, point)
    letter = next(x for x in sp.ordered(point.free_symbols) if isinstance(x, Component))
    return At(Partial(name, letter), point)


def along(scalar: sp.Expr, rates: Rates) -> sp.Expr:
    """The rate of a scalar along a flow, by the chain rule; ∂L/∂w is the leaf G.

    >>> from derivations.algebra.symbols import L
    >>> along(L, {w: -X})
    -Total(G*X)
    """
    terms = (
        Total(slope(scalar, z) * rate) if isinstance(z, Component) else sp.diff(scalar, z) * rate
        for z, rate in rates.items()
    )
    return sp.Add(*terms)


def rate(scalar: sp.Expr, rates: Rates, names: Mapping[sp.Symbol, sp.Expr] | None = None) -> Along:
    """The rate of a scalar along a flow, to be written down; `names` are functions it names."""
    pairs = (sp.Tuple(*(sp.Tuple(*pair) for pair in of.items())) for of in (rates, names or {}))
    return Along(scalar, *pairs)


def rates_of(equations: Equations) -> Rates:
    """The four rates, keyed by the letter that moves."""
    return {w: equations.w, X: equations.X, U: equations.U, beta: equations.beta}


def summed(expr: sp.Expr) -> sp.Expr:
    """The sum over the components of an expression, written as it stands.

    >>> summed((X + 1)**2)
    Total((X + 1)**2)
    """
    return Total(expr, evaluate=False)
