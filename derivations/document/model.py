"""What a derivation consists of, before it is TeX, PDF, HTML or Markdown.

Mathematics is given as SymPy objects and never as text; an equation carries the steps by which
the machine confirms it. `Document.verify` runs them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import sympy as sp

from derivations.errors import ProofError
from derivations.proof import Step


@dataclass(frozen=True)
class Cite:
    """A citation of the reference with this key."""

    key: str


#: A piece of running text; words between backquotes are code.
Part: TypeAlias = str | sp.Basic | Cite


@dataclass(frozen=True)
class Prose:
    """A paragraph: words and formulas in turn."""

    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Line:
    """One line of a displayed equation; without `left` it continues the line before."""

    left: sp.Expr | None
    right: sp.Expr
    sign: str = "="


@dataclass(frozen=True)
class Equation:
    """A displayed equation, the rule that leads to it, and the steps that confirm it.

    An equation without steps is a definition or a quotation, and says so in its rule.
    """

    rule: tuple[Part, ...]
    lines: tuple[Line, ...]
    proof: tuple[Step, ...] = ()


@dataclass(frozen=True)
class Heading:
    """A title inside a section."""

    text: str


@dataclass(frozen=True)
class Listing:
    """Source code."""

    source: str
    language: str = "Python"


@dataclass(frozen=True)
class Table:
    """Rows of cells under a head; each cell is a piece of text."""

    head: tuple[str, ...]
    rows: tuple[tuple[tuple[Part, ...], ...], ...]


Block: TypeAlias = Prose | Equation | Heading | Listing | Table


@dataclass(frozen=True)
class Section:
    """A titled part of a document."""

    title: str
    blocks: tuple[Block, ...]

    @property
    def steps(self) -> Iterator[tuple[Equation, Step]]:
        """Every step that the machine confirms, with the equation that it belongs to."""
        for block in self.blocks:
            if isinstance(block, Equation):
                for step in block.proof:
                    yield block, step

    @property
    def checks(self) -> int:
        """How many steps the machine confirms."""
        return sum(1 for _ in self.steps)


@dataclass(frozen=True)
class Reference:
    """An entry of the bibliography."""

    key: str
    text: str
    url: str = ""


@dataclass(frozen=True)
class Document:
    """A derivation: notes under the title, sections, and the literature that they cite.

    >>> from derivations.symbols import X
    >>> square = Equation(("binomial theorem",), (line((X + 1) ** 2, X**2 + 2 * X + 1),))
    >>> Document("Squares", (), (Section("One square", (square,)),)).checks
    0
    """

    title: str
    notes: tuple[Prose, ...]
    sections: tuple[Section, ...]
    bibliography: tuple[Reference, ...] = ()

    @property
    def checks(self) -> int:
        """How many steps the machine confirms."""
        return sum(section.checks for section in self.sections)

    def verify(self) -> None:
        """Confirm every step. Raises `ProofError`, which names the first that fails."""
        for section in self.sections:
            for equation, step in section.steps:
                if not step.holds:
                    rule = "".join(str(part) for part in equation.rule)
                    sign = "differ from" if step.differs else "equal"
                    raise ProofError(
                        f"in '{self.title}', section '{section.title}', under '{rule}': "
                        f"the machine could not confirm: {step.claim} ({step.rule}); "
                        f"{step.left} should {sign} {step.right}"
                    )

    def write(self, path: str | Path) -> Path:
        """Verify, then write the file that the suffix asks for: .tex, .pdf, .html or .md.

        Raises `ProofError` before anything is written if a step fails; see
        `derivations.document.files.write` for the rest.
        """
        from derivations.document.files import write

        return write(self, path)


def prose(*parts: Part) -> Prose:
    """Return a paragraph of words and SymPy formulas."""
    return Prose(parts)


def line(left: sp.Expr | None, right: sp.Expr, sign: str = "=") -> Line:
    """Return one line of an equation, left sign right."""
    sides = [None if side is None else sp.sympify(side, strict=True) for side in (left, right)]
    return Line(sides[0], sides[1], sign)
