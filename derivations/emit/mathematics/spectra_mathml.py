"""MathML of functions of matrices; it follows the LaTeX of `derivations.emit.mathematics.latex`."""

from __future__ import annotations

from typing import Any
from xml.dom.minidom import Element

import sympy as sp
from sympy.printing.pretty.pretty_symbology import greek_unicode

from derivations.algebra.matrices import Entry, OfMatrix, Outer, SingularTotal
from derivations.emit.mathematics import layout, spectra
from derivations.emit.mathematics.elements import element, fenced, in_brackets, sign

_NOTHING = "\u2062"


class SpectraPrinter:
    """What the MathML printer knows of functions of matrices."""

    _print: Any
    _bold: bool
    _depth: int

    def _whole(self, expr: sp.Expr, closed: bool = False) -> Element:
        """Write an array in bold letters; `closed` puts a sum in brackets."""
        bold, depth = self._bold, self._depth
        self._bold, self._depth = True, 0
        printed: Element = self._print(expr)
        self._bold, self._depth = bold, depth
        return in_brackets(printed) if closed and expr.is_Add else printed

    def _indexed(self, printed: Element) -> Element:
        if self._bold and not self._depth:
            return printed
        return element("msub", printed, element("mi", layout.INDICES[self._depth]))

    def _print_Whole(self, expr: spectra.Whole) -> Element:
        letter = element("mi", greek_unicode.get(expr.name, expr.name))
        letter.setAttribute("class", "vector")
        return letter

    def _print_Entry(self, expr: Entry) -> Element:
        if self._bold and not self._depth:
            return self._print_Whole(spectra.Whole(expr.name))
        indices = layout.INDICES[self._depth : self._depth + 2]
        letter = element("mi", greek_unicode.get(expr.name, expr.name))
        return element("msub", letter, element("mrow", *(element("mi", i) for i in indices)))

    def _print_Outer(self, expr: Outer) -> Element:
        left, right = expr.args
        if self._bold and not self._depth:
            column = _transposed(self._whole(right, closed=True))
            return element("mrow", self._whole(left, closed=True), sign(_NOTHING), column)
        row = self._print(left)
        self._depth += 1
        column = self._print(right)
        self._depth -= 1
        printed = (in_brackets(p) if e.is_Add else p for e, p in ((left, row), (right, column)))
        first, second = printed
        return element("mrow", first, element("mspace", width="0.17em"), second)

    def _function_of(self, expr: OfMatrix) -> list[Element]:
        """Return the function of the matrix, as a row that is empty for the constant one."""
        found = spectra.applied(expr)
        if found.is_one:
            return []
        if found.exponent == 1:
            return [self._whole(found.base, closed=True), sign(_NOTHING)]
        base = self._whole(found.base)
        if not isinstance(found.base, spectra.Whole):
            base = in_brackets(base)
        return [element("msup", base, self._print(found.exponent)), sign(_NOTHING)]

    def _print_Through(self, expr: OfMatrix) -> Element:
        row = [*self._function_of(expr), self._whole(expr.array, closed=True)]
        if self._bold and not self._depth:
            return element("mrow", *row)
        return self._indexed(in_brackets(element("mrow", *row)))

    def _print_QuadraticForm(self, expr: OfMatrix) -> Element:
        left, right = (self._whole(expr.array, closed=True) for _ in range(2))
        row = [_transposed(left), sign(_NOTHING), *self._function_of(expr), right]
        return element("mrow", *row)

    def _print_Singular(self, expr: OfMatrix) -> Element:
        left, right = map(self._print, (spectra.LEFT, spectra.RIGHT))
        row = [left, sign(_NOTHING), *self._function_of(expr), _transposed(right)]
        factors = self._indexed(fenced("[", "]", element("mrow", *row)))
        return element("mrow", factors, sign("\u2061"), in_brackets(self._whole(expr.array)))

    def _print_SingularTotal(self, expr: SingularTotal) -> Element:
        if layout.is_nuclear(expr):
            return element("msub", fenced("‖", "‖", self._whole(expr.array)), sign("∗"))
        values = in_brackets(self._whole(expr.array))
        below = element("mrow", element("mi", "σ"), sign("\u2061"), values)
        body = spectra.of_sigma(expr)
        printed = in_brackets(self._print(body)) if body.is_Add else self._print(body)
        return element("mrow", element("munder", sign("∑"), below), printed)


def _transposed(printed: Element) -> Element:
    return element("msup", printed, sign("⊤"))
