r"""MathML of the theory's expressions, for pages that show formulas without any script.

It follows `latex` sign by sign: both take the order of terms and factors, the letters and the
indices from `layout`.
"""

from __future__ import annotations

from typing import Any
from xml.dom.minidom import Element

import sympy as sp
from sympy.core.function import AppliedUndef
from sympy.printing.mathml import MathMLPresentationPrinter
from sympy.printing.precedence import PRECEDENCE, precedence_traditional
from sympy.printing.pretty.pretty_symbology import greek_unicode

from derivations.algebra.components import Total
from derivations.algebra.forms import OneForm, Wedge
from derivations.algebra.matrices import OfMatrix
from derivations.algebra.notation import Notation
from derivations.algebra.symbols import Component, G
from derivations.emit.mathematics import layout
from derivations.emit.mathematics.elements import element, fenced, in_brackets, sign, space
from derivations.emit.mathematics.spectra_mathml import SpectraPrinter


class Printer(SpectraPrinter, MathMLPresentationPrinter):
    """SymPy's presentation printer, with the same signs as the LaTeX printer."""

    def __init__(self, settings: dict[str, Any] | None = None) -> None:
        super().__init__(settings)
        self._depth = 0
        self._bold = False

    # -- names

    def _bracketed_below(self, item: sp.Expr, level: int) -> Element:
        """Put brackets around what binds less than `level`."""
        loose = precedence_traditional(item) < level
        return in_brackets(self._print(item)) if loose else self._print(item)

    def _print_Symbol(self, expr: sp.Symbol, style: str = "plain") -> Element:
        if not isinstance(expr, Component):
            return self._name(layout.name(expr))
        if self._bold and not self._depth:
            return self._vector(expr)
        index = layout.INDICES[self._depth]
        if expr == G:
            partial = element("msub", sign("∂"), element("mi", index))
            return element("mrow", partial, element("mi", "L"))
        return self._name(layout.name(expr), index)

    def _name(self, name: layout.Name, *more: str) -> Element:
        base = element("mi", greek_unicode.get(name.base, name.base))
        below = [
            element("mn" if part.isdigit() else "mi", greek_unicode.get(part, part))
            for part in (*name.below, *more)
        ]
        if not below:
            return base
        index = below[0] if len(below) == 1 else element("mrow", *below)
        return element("msub", base, index)

    def _vector(self, symbol: sp.Symbol) -> Element:
        bold = element("mi", greek_unicode.get(layout.name(symbol).base, symbol.name))
        bold.setAttribute("class", "vector")
        if symbol == G:
            return element("mrow", sign("∇"), element("mi", "L"))
        return bold

    # -- arithmetic

    def _print_Mul(self, expr: sp.Expr) -> Element:
        shape = layout.product(expr)
        parts = [sign("−")] if shape.negative else []
        if shape.bottom:
            parts.append(element("mfrac", self._row(shape.top), self._row(shape.bottom)))
        if shape.behind or not shape.bottom:
            parts.append(self._row(shape.behind, alone=not shape.bottom))
        return element("mrow", *parts)

    def _row(self, factors: tuple[sp.Expr, ...], alone: bool = True) -> Element:
        if not factors:
            return element("mn", "1")
        if alone and len(factors) == 1:
            return self._print(factors[0])
        row = element("mrow")
        for position, factor in enumerate(factors):
            last = position == len(factors) - 1
            closed = factor.is_Add or (layout.is_open(factor) and not last)
            if position:
                row.appendChild(self._times(factors[position - 1], factor))
            printed = self._print(factor)
            row.appendChild(in_brackets(printed) if closed else printed)
        return row

    def _times(self, left: sp.Expr, right: sp.Expr) -> Element:
        """A dot between numbers, a thin space beside words and differentials, or nothing."""
        if right.is_Number or (right.is_Pow and right.base.is_Number):
            return sign("·")
        word = any(isinstance(f, sp.Symbol) and layout.name(f).is_word for f in (left, right))
        if word or isinstance(right, (OneForm, Wedge)) or _is_named(right):
            return space()
        return sign("\u2062")

    def _print_Add(self, expr: sp.Expr, order: str | None = None) -> Element:
        row = element("mrow")
        for term in layout.terms(expr):
            negative = layout.is_negative(term)
            if negative or row.hasChildNodes():
                row.appendChild(sign("−" if negative else "+"))
            row.appendChild(self._print(-term if negative else term))
        return row

    def _print_Pow(self, expr: sp.Expr) -> Element:
        if layout.is_negative(expr.exp):
            return self._print_Mul(expr)
        if layout.is_norm(expr.base):
            norm = self._norm(expr.base.args[0].base)
            if expr.exp * 2 == 1:
                return norm
            return element("msup", norm, self._print(2 * expr.exp))
        if layout.is_bracketed_base(expr.base) and not (1 / expr.exp).is_Integer:
            base = in_brackets(self._print(expr.base))
            return element("msup", base, self._print(expr.exp))
        if isinstance(expr.base, Component) and expr.base != G and (expr.exp.is_Integer):
            letter, index = self._print(expr.base).childNodes
            return element("msubsup", letter, index, self._print(expr.exp))
        return super()._print_Pow(expr)

    def _print_exp(self, expr: sp.Expr) -> Element:
        return element("msup", element("mi", "e"), self._print(expr.args[0]))

    def _print_Exp1(self, expr: sp.Expr) -> Element:
        return element("mi", "e")

    def _print_Integer(self, expr: sp.Integer) -> Element:
        number = element("mn", str(abs(int(expr))))
        return element("mrow", sign("−"), number) if expr < 0 else number

    # -- sums and norms

    def _norm(self, symbol: sp.Symbol) -> Element:
        return fenced("‖", "‖", self._vector(symbol))

    def _print_Total(self, expr: Total) -> Element:
        body = expr.args[0]
        if body == 1:
            return element("mi", "d")
        if layout.is_norm(expr):
            return element("msup", self._norm(body.base), element("mn", "2"))
        if layout.is_scalar_product(expr):
            left, right = map(self._vector, body.args)
            return element("mrow", left, sign("·"), right)
        if not layout.is_sum(expr):
            return element("msub", self._norm(body.args[0]), element("mn", "1"))
        self._depth += 1
        inner = self._bracketed_below(body, PRECEDENCE["Mul"])
        index = element("mi", layout.INDICES[self._depth])
        self._depth -= 1
        return element("mrow", element("munder", sign("∑"), index), inner)

    # -- calculus

    def _print_Derivative(self, expr: sp.Derivative) -> Element:
        partial = len(expr.expr.free_symbols) > 1
        letter = sign("∂") if partial else element("mi", "d")
        order = sum(count for _, count in expr.variable_count)
        below = element("mrow")
        for symbol, count in expr.variable_count:
            below.appendChild(sign("∂") if partial else element("mi", "d"))
            printed = self._print(symbol)
            below.appendChild(
                element("msup", printed, self._print(count)) if count > 1 else printed
            )
        top = letter
        if order > 1:
            top = element("msup", top, element("mn", str(order)))
        quotient = element("mfrac", top, below)
        return element("mrow", quotient, self._bracketed_below(expr.expr, PRECEDENCE["Mul"]))

    def _print_Integral(self, expr: sp.Integral) -> Element:
        row = element("mrow")
        for _, *bounds in reversed(expr.limits):
            tag = {0: "mrow", 1: "msup", 2: "msubsup"}[len(bounds)]
            row.appendChild(element(tag, sign("∫"), *map(self._print, bounds)))
        row.appendChild(self._bracketed_below(expr.function, PRECEDENCE["Mul"]))
        for variable, *_ in expr.limits:
            row.appendChild(space())
            row.appendChild(element("mi", "d"))
            row.appendChild(self._print(variable))
        return row

    def _print_Limit(self, expr: sp.Limit) -> Element:
        function, variable, target, _ = expr.args
        below = element("mrow", self._print(variable), sign("→"), self._print(target))
        limit = element("munder", element("mo", "lim"), below)
        return element("mrow", limit, self._bracketed_below(function, PRECEDENCE["Mul"]))

    # -- functions

    def _print_Function(self, expr: sp.Function) -> Element:
        word = element("mi", greek_unicode.get(expr.func.__name__, expr.func.__name__))
        arguments = element("mrow", self._print(expr.args[0]))
        for argument in expr.args[1:]:
            arguments.appendChild(sign(","))
            arguments.appendChild(self._print(argument))
        return element("mrow", word, sign("\u2061"), in_brackets(arguments))

    def _print_sign(self, expr: sp.Expr) -> Element:
        return self._print_Function(expr)

    def _print_Heaviside(self, expr: sp.Expr) -> Element:
        bracket = in_brackets(self._print(expr.args[0]))
        return element("mrow", element("mi", "θ"), sign("\u2061"), bracket)

    def _print_Abs(self, expr: sp.Expr) -> Element:
        return fenced("|", "|", self._print(expr.args[0]))

    def _print_KroneckerDelta(self, expr: sp.Expr) -> Element:
        indices = element("mrow", *map(self._print, expr.args))
        return element("msub", element("mi", "δ"), indices)

    # -- notation

    def _print_Rate(self, expr: sp.Expr) -> Element:
        printed = self._print(expr.args[0])
        if not expr.args[0].is_Symbol:
            time = element("mrow", element("mi", "d"), element("mi", "t"))
            quotient = element("mfrac", element("mi", "d"), time)
            return element("mrow", quotient, in_brackets(printed))
        letter = printed.firstChild if printed.tagName == "msub" else printed
        dotted = element("mover", letter.cloneNode(True), sign("˙"))
        dotted.setAttribute("accent", "true")
        if letter is printed:
            return dotted
        printed.replaceChild(dotted, letter)
        return printed

    def _print_Partial(self, expr: sp.Expr) -> Element:
        top, below = (element("mrow", sign("∂"), self._print(a)) for a in expr.args)
        return element("mfrac", top, below)

    def _print_At(self, expr: sp.Expr) -> Element:
        symbol, time = map(self._print, expr.args)
        return element("mrow", symbol, sign("\u2061"), in_brackets(time))

    def _print_Bracket(self, expr: sp.Expr) -> Element:
        left, right = map(self._print, expr.args)
        return fenced("{", "}", left, sign(","), right)

    def _print_Determinant(self, expr: sp.Expr) -> Element:
        inner = self._print(expr.args[0])
        return element("mrow", element("mi", "det"), space(), inner)

    def _print_OneForm(self, expr: sp.Expr) -> Element:
        return element("mrow", element("mi", "d"), self._print(expr.args[0]))

    def _print_Wedge(self, expr: sp.Expr) -> Element:
        left, right = map(self._print, expr.args)
        return element("mrow", left, sign("∧"), right)


def _is_named(expr: sp.Expr) -> bool:
    """Tell whether an expression begins with the name of a function, such as tanh."""
    signs = (sp.exp, sp.Abs, Total, Notation, AppliedUndef, OfMatrix)
    return isinstance(expr, sp.Function) and not isinstance(expr, signs)


def mathml(expr: sp.Basic) -> str:
    """Return presentation MathML for `expr`, without the `math` element around it.

    >>> from derivations.algebra.symbols import beta
    >>> mathml(beta**2)
    '<msup><mi>&#946;</mi><mn>2</mn></msup>'
    """
    return str(Printer().doprint(expr))
