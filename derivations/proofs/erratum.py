"""What an erratum of the paper is: a proof that one formula is wrong and another right."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.emit.mathematics.latex import latex
from derivations.proofs.proof import Proof


@dataclass(frozen=True)
class Erratum(Proof):
    """A formula of the paper that is wrong: where, what is printed, what is right, and why.

    `printed` and `correct` are SymPy relations, left unevaluated. `proved` holds if every step
    does: some refute the printed form, others derive the correct one.
    """

    where: str
    printed: sp.Basic
    correct: sp.Basic

    def latex(self) -> str:
        """Return both formulas as one LaTeX `aligned` block."""
        return (
            "\\begin{aligned}\n"
            rf"\text{{printed:}}\quad & {latex(self.printed)} \\" + "\n"
            rf"\text{{correct:}}\quad & {latex(self.correct)}" + "\n"
            "\\end{aligned}"
        )
