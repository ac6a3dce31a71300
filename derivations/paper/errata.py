"""Section "Errata": what the paper prints, what is right, and the proof of both."""

from __future__ import annotations

import sympy as sp

from derivations.document import Block, Equation, Heading, Line, Section, prose
from derivations.proofs.errata import errata
from derivations.proofs.erratum import Erratum


def section() -> Section:
    """Build the section."""
    blocks: list[Block] = []
    for erratum in errata():
        blocks += _blocks(erratum)
    return Section("Errata", tuple(blocks))


def _blocks(erratum: Erratum) -> tuple[Block, ...]:
    refuting = tuple(step for step in erratum.steps if step.differs)
    deriving = tuple(step for step in erratum.steps if not step.differs)
    return (
        Heading(erratum.name[0].upper() + erratum.name[1:]),
        prose(erratum.claim),
        Equation((f"printed in: {erratum.where}",), (_line(erratum.printed),), refuting),
        Equation(("correct",), (_line(erratum.correct),), deriving),
    )


def _line(relation: sp.Basic) -> Line:
    left, right = relation.args
    return Line(left, right)
