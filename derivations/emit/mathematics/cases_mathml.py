"""MathML of expressions by cases, a row for each under one brace, and of what they compare."""

from __future__ import annotations

from typing import Any
from xml.dom.minidom import Element

import sympy as sp

from derivations.emit.mathematics.elements import element, sign

#: Comparisons, as text that is not escaped again.
_SIGNS = {"<": "&lt;", ">": "&gt;", "<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}


class CasesPrinter:
    """Prints `Piecewise` and comparisons; it stands before a printer of all else."""

    _print: Any

    def _print_Relational(self, expr: sp.Rel) -> Element:
        left, right = map(self._print, expr.args)
        return element("mrow", left, sign(_SIGNS[expr.rel_op]), right)

    def _print_Piecewise(self, expr: sp.Piecewise) -> Element:
        rows = []
        for value, test in expr.args:
            words = element("mtext", "otherwise" if test == sp.true else "for ")
            shown = [words] if test == sp.true else [words, self._print(test)]
            left, right = self._print(value), element("mrow", *shown)
            rows.append(element("mtr", element("mtd", left), element("mtd", right)))
        return element("mrow", sign("{"), element("mtable", *rows))
