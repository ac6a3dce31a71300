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

from derivations.document.drawing import Drawing
from derivations.errors import ProofError
from derivations.proofs.proof import Step


@dataclass(frozen=True)
class Cite:
    """A citation of the reference with this key."""

    key: str


@dataclass(frozen=True)
class Ref:
    """A link to what carries this label, shown as its number, or as `text` if there is one.

    One that may miss what it points to, as another document has it, is shown as `text` alone then.
    """

    label: str
    text: str = ""
    may_miss: bool = False


#: A piece of running text; words between backquotes are code, and e^(x) in words is a formula.
Part: TypeAlias = str | sp.Basic | Cite | Ref


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

    def __post_init__(self) -> None:
        for name in ("left", "right"):
            side = getattr(self, name)
            if isinstance(side, sp.MatrixBase):
                object.__setattr__(self, name, side.as_immutable())


@dataclass(frozen=True)
class Equation:
    """A displayed equation, the rule that leads to it, and the steps that confirm it.

    An equation without steps is a definition or a quotation, and says so in its rule. `note` says
    what the steps confirm, where their own claims would be too long or would repeat the rule.
    """

    rule: tuple[Part, ...]
    lines: tuple[Line, ...]
    proof: tuple[Step, ...] = ()
    label: str = ""
    note: str = ""


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
    """Rows of cells under a head; each cell is a piece of text.

    `widths` are the shares of the columns, equal if none are given; `proof` holds the steps that
    confirm what stands in the cells; `labels` are those of the rows, if references point to them.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[tuple[Part, ...], ...], ...]
    caption: tuple[Part, ...] = ()
    label: str = ""
    widths: tuple[float, ...] = ()
    proof: tuple[Step, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """A drawing with a caption."""

    drawing: Drawing
    caption: tuple[Part, ...]
    label: str = ""


Block: TypeAlias = Prose | Equation | Heading | Listing | Table | Figure


@dataclass(frozen=True)
class Section:
    """A titled part of a document; one that holds sections is a chapter."""

    title: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...] = ()
    label: str = ""

    @property
    def steps(self) -> Iterator[tuple[Equation | Table, Step]]:
        """Every step that the machine confirms, with the block that it belongs to."""
        for _, block, step in self.checked:
            yield block, step

    @property
    def checked(self) -> Iterator[tuple[Section, Equation | Table, Step]]:
        """Every step, with the innermost section and the block that it belongs to."""
        for block in self.blocks:
            if isinstance(block, Equation | Table):
                for step in block.proof:
                    yield self, block, step
        for section in self.sections:
            yield from section.checked

    def verify(self, within: str) -> None:
        """Confirm every step. Raises `ProofError`, which names the first that fails."""
        for section, block, step in self.checked:
            if not step.holds:
                above = block.rule if isinstance(block, Equation) else block.caption
                raise ProofError(
                    f"in '{within}', section '{section.title}', under "
                    f"'{''.join(str(part) for part in above)}': the machine could not confirm: "
                    f"{step.claim} ({step.rule}); {_failed(step)}"
                )

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

    >>> from derivations.algebra.symbols import X
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
            section.verify(self.title)

    @property
    def is_book(self) -> bool:
        """Whether its sections are chapters."""
        return any(section.sections for section in self.sections)

    def write(self, path: str | Path) -> Path:
        """Verify, then write the file that the suffix asks for: .tex, .pdf, .html or .md.

        Raises `ProofError` before anything is written if a step fails; see
        `derivations.document.files.write` for the rest.
        """
        from derivations.document.files import write

        return write(self, path)


def _failed(step: Step) -> str:
    return f"it should be that {step.left} {step.sign} {step.shown}"


def prose(*parts: Part) -> Prose:
    """Return a paragraph of words and SymPy formulas."""
    return Prose(parts)


def line(left: sp.Expr | None, right: sp.Expr, sign: str = "=") -> Line:
    """Return one line of an equation, left sign right."""
    sides = [None if side is None else sp.sympify(side, strict=True) for side in (left, right)]
    return Line(sides[0], sides[1], sign)
