"""A long expression by its name: printed as the name, worked out where it is checked."""

from __future__ import annotations

from typing import Any

import sympy as sp
from sympy.printing.printer import Printer

from derivations.algebra.notation import Notation


class Written(Notation):
    """A value under a name; `doit` gives the value.

    >>> area = Written(sp.Symbol("A"), sp.Integer(6))
    >>> area, area.doit()
    (A, 6)
    """

    nargs = 2

    def doit(self, **hints: Any) -> sp.Expr:
        return self.args[1].doit(**hints)

    def _named(self, printer: Printer) -> Any:
        return printer._print(self.args[0])

    _latex = _mathml_presentation = _sympystr = _named
