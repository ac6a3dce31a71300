r"""LaTeX of the theory's expressions: components carry an index, totals print as sums.

A free component prints as :math:`X_i`; inside a sum it prints as :math:`X_j`, and the sum of
squares prints as a squared norm.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy as sp
from sympy.printing.latex import LatexPrinter, latex_escape
from sympy.printing.precedence import PRECEDENCE

from derivations.algebra.components import Total
from derivations.algebra.forms import OneForm, Wedge
from derivations.algebra.matrices import (
    Entry,
    Outer,
    QuadraticForm,
    Singular,
    SingularTotal,
    Through,
)
from derivations.algebra.symbols import Component, G
from derivations.emit.mathematics import layout, spectra


class Printer(LatexPrinter):
    """SymPy's printer, with indices for components, sums for totals, and a person's order."""

    def __init__(self, settings: dict[str, Any] | None = None, bold: bool = False) -> None:
        super().__init__({"ln_notation": False, "fold_short_frac": False, **(settings or {})})
        self._bold = bold
        self._depth = 0

    def _print_Symbol(self, expr: sp.Symbol, style: str = "plain") -> str:
        if isinstance(expr, Component):
            return self._print_component(expr)
        return self._name(layout.name(expr))

    def _name(self, name: layout.Name) -> str:
        base = r"\mathrm{%s}" % latex_escape(name.base).replace(" ", r"\ ")
        if not name.is_word:
            base = self._deal_with_super_sub(name.base)
        return f"{base}_{{{' '.join(name.below)}}}" if name.below else base

    def _print_component(self, expr: sp.Symbol) -> str:
        name = self._name(layout.name(expr))
        if self._bold and not self._depth:
            return r"\nabla L" if expr == G else r"\mathbf{%s}" % name
        index = layout.INDICES[self._depth]
        if expr == G:
            return r"\partial_{%s} L" % index
        own = layout.name(expr)
        return self._name(replace(own, below=(*own.below, index)))

    def _vector(self, expr: sp.Expr) -> str:
        return str(Printer(bold=True).doprint(expr))

    def _factor(self, expr: sp.Expr) -> str:
        """Write an array, in brackets if it is a sum, so that a product may stand around it."""
        text = self._vector(expr)
        return r"\left(%s\right)" % text if expr.is_Add else text

    def _indexed(self, text: str) -> str:
        return (
            text if self._bold and not self._depth else f"{text}_{{{layout.INDICES[self._depth]}}}"
        )

    def _print_Mul(self, expr: sp.Expr) -> str:
        shape = layout.product(expr)
        parts = []
        if shape.bottom:
            parts.append(r"\frac{%s}{%s}" % (self._row(shape.top), self._row(shape.bottom)))
        if shape.behind or not parts:
            parts.append(self._row(shape.behind, alone=not parts))
        return ("- " if shape.negative else "") + " ".join(parts)

    def _row(self, factors: tuple[sp.Expr, ...], alone: bool = True) -> str:
        if alone and len(factors) == 1:
            return str(self._print(factors[0]))
        text = ""
        for position, factor in enumerate(factors):
            last = position == len(factors) - 1
            closed = factor.is_Add or (layout.is_open(factor) and not last)
            printed = r"\left(%s\right)" % self._print(factor) if closed else self._print(factor)
            if text and printed[:1].isdigit():
                text += r"\cdot "
            if text and (r"\mathrm" in text + printed or isinstance(factor, (OneForm, Wedge))):
                text += r"\, "
            text += printed + " "
        return text.strip() or "1"

    def _print_Add(self, expr: sp.Expr, order: str | None = None) -> str:
        text = ""
        for term in layout.terms(expr):
            negative = layout.is_negative(term)
            sign = "- " if negative else "+ " if text else ""
            text += f"{sign}{self._print(-term if negative else term)} "
        return text.strip()

    def _print_Pow(self, expr: sp.Expr) -> str:
        if layout.is_negative(expr.exp):
            return self._print_Mul(expr)
        if layout.is_norm(expr.base):
            norm = r"\lVert %s \rVert" % self._vector(expr.base.args[0].base)
            return norm if expr.exp * 2 == 1 else f"{norm}^{{{self._print(2 * expr.exp)}}}"
        if layout.is_bracketed_base(expr.base) and not (1 / expr.exp).is_Integer:
            return r"\left(%s\right)^{%s}" % (self._print(expr.base), self._print(expr.exp))
        return str(super()._print_Pow(expr))

    def _print_Total(self, expr: Total) -> str:
        body = expr.args[0]
        if body == 1:
            return "d"
        if layout.is_norm(expr):
            return r"\lVert %s \rVert^{2}" % self._vector(body.base)
        if layout.is_scalar_product(expr):
            return r" \cdot ".join(map(self._vector, body.args))
        if not layout.is_sum(expr):
            return r"\lVert %s \rVert_{1}" % self._vector(body.args[0])
        self._depth += 1
        inner = self.parenthesize(body, PRECEDENCE["Mul"], strict=True)
        self._depth -= 1
        return r"\sum_{%s} %s" % (layout.INDICES[self._depth + 1], inner)

    def _print_Whole(self, expr: spectra.Whole) -> str:
        return r"\mathbf{%s}" % self._name(layout.name(expr))

    def _print_Entry(self, expr: Entry) -> str:
        if self._bold and not self._depth:
            return r"\mathbf{%s}" % self._name(layout.name(expr))
        return f"{self._print_component(expr)[:-1]}{layout.INDICES[self._depth + 1]}}}"

    def _print_Outer(self, expr: Outer) -> str:
        if self._bold and not self._depth:
            return r"%s {%s}^{\top}" % tuple(map(self._factor, expr.args))
        row = self.parenthesize(expr.args[0], PRECEDENCE["Mul"])
        self._depth += 1
        column = self.parenthesize(expr.args[1], PRECEDENCE["Mul"])
        self._depth -= 1
        return rf"{row} \, {column}"

    def _function_of(self, expr: Through | QuadraticForm | Singular) -> str:
        found = spectra.applied(expr)
        if found.is_one:
            return ""
        base = self._factor(found.base)
        if found.exponent == 1:
            return base
        if not isinstance(found.base, spectra.Whole) and not found.base.is_Add:
            base = r"\left(%s\right)" % base
        return f"{base}^{{{self._print(found.exponent)}}}"

    def _print_Through(self, expr: Through) -> str:
        product = f"{self._function_of(expr)} {self._factor(expr.array)}"
        bare = self._bold and not self._depth
        return product if bare else self._indexed(r"\left(%s\right)" % product)

    def _print_QuadraticForm(self, expr: QuadraticForm) -> str:
        array = self._factor(expr.array)
        return rf"{array}^{{\top}} {self._function_of(expr)} {array}"

    def _print_Singular(self, expr: Singular) -> str:
        left, right = map(self._print, (spectra.LEFT, spectra.RIGHT))
        factors = (left, self._function_of(expr), right + r"^{\top}")
        product = r"\left[%s\right]" % " ".join(filter(None, factors))
        return r"%s\!\left(%s\right)" % (self._indexed(product), self._vector(expr.array))

    def _print_SingularTotal(self, expr: SingularTotal) -> str:
        array = self._vector(expr.array)
        if layout.is_nuclear(expr):
            return r"\lVert %s \rVert_{*}" % array
        body = self.parenthesize(spectra.of_sigma(expr), PRECEDENCE["Mul"], strict=True)
        return r"\sum_{\sigma(%s)} %s" % (array, body)

    def _print_Heaviside(self, expr: sp.Expr, exp: str | None = None) -> str:
        power = "" if exp is None else f"^{{{exp}}}"
        return rf"\theta{power}\left({self._print(expr.args[0])}\right)"

    def _print_Rate(self, expr: sp.Expr) -> str:
        if not expr.args[0].is_Symbol:
            return r"\frac{d}{dt}\left(%s\right)" % self._print(expr.args[0])
        return self._accent(r"\dot", expr.args[0])

    def _accent(self, command: str, symbol: sp.Symbol) -> str:
        """Put an accent over the letter alone, not over its index."""
        head, _, index = self._print(symbol).partition("_")
        return f"{command}{{{head}}}" + (f"_{index}" if index else "")

    def _print_Partial(self, expr: sp.Expr) -> str:
        return r"\frac{\partial %s}{\partial %s}" % tuple(map(self._print, expr.args))

    def _print_At(self, expr: sp.Expr) -> str:
        return r"%s(%s)" % tuple(map(self._print, expr.args))

    def _print_Bracket(self, expr: sp.Expr) -> str:
        return r"\{%s,\, %s\}" % tuple(map(self._print, expr.args))

    def _print_Determinant(self, expr: sp.Expr) -> str:
        return r"\det %s" % self._print(expr.args[0])

    def _print_OneForm(self, expr: sp.Expr) -> str:
        return "d%s" % self._print(expr.args[0])

    def _print_Wedge(self, expr: sp.Expr) -> str:
        return r" \wedge ".join(map(self._print, expr.args))


def latex(expr: sp.Basic, bold: bool = False) -> str:
    r"""Return LaTeX for `expr`; `bold` writes free components as vectors.

    >>> from derivations.algebra.symbols import X
    >>> latex(X / sp.sqrt(1 + Total(X**2)))
    '\\frac{X_{i}}{\\sqrt{1 + \\lVert \\mathbf{X} \\rVert^{2}}}'
    """
    return str(Printer(bold=bold).doprint(expr))
