"""A document as Markdown, with $ and $$ around the mathematics."""

from __future__ import annotations

import re

from derivations.document.breaking import Row, broken
from derivations.document.model import (
    Block,
    Cite,
    Document,
    Equation,
    Figure,
    Heading,
    Listing,
    Part,
    Prose,
    Ref,
    Section,
    Table,
)
from derivations.document.nodes import Node
from derivations.document.numbers import anchor, numbered
from derivations.document.tex import RELATIONS
from derivations.document.text import citation, how, joined, spans
from derivations.document.typeset import typed_latex
from derivations.emit.mathematics.latex import latex


def markdown(document: Document) -> str:
    """Return the document as Markdown."""
    writer = _Writer(document)
    parts = [f"# {escape(document.title)}"]
    parts += [writer.text(note.parts) for note in document.notes]
    for section in document.sections:
        parts += writer.section(section, 2)
    if document.bibliography:
        parts.append("## References")
        parts += [
            f"{number}. {escape(entry.text)}" + (f" <{entry.url}>" if entry.url else "")
            for number, entry in enumerate(document.bibliography, 1)
        ]
    return "\n\n".join(parts) + "\n"


def escape(text: str) -> str:
    r"""Write text so that Markdown shows it as it is.

    >>> escape("a*b and x_1 <b>")
    'a\\*b and x\\_1 &lt;b&gt;'
    """
    return re.sub(r"([\\`*_\[\]$#|])", r"\\\1", text).replace("<", "&lt;").replace(">", "&gt;")


class _Writer:
    """Writes the blocks of one document, and knows its numbers and its literature."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.numbers = numbered(document)

    def text(self, parts: tuple[Part, ...]) -> str:
        """Write running text."""

        def write(part: Part) -> str:
            if isinstance(part, Cite):
                return f"[{citation(self.document, part)}]"
            if isinstance(part, Ref) and not self.numbers.has(part):
                return self.text((part.text,))
            if isinstance(part, Ref):
                return f"[{escape(part.text or self.numbers.find(part).shown)}]({self._link(part)})"
            if isinstance(part, str):
                return "".join(map(_piece, spans(part)))
            # A bar would end the cell of a table.
            return f"${latex(part).replace('|', chr(92) + 'vert ')}$"

        return joined(parts, write)

    def _link(self, ref: Ref) -> str:
        return f"#{self.numbers.find(ref).anchor}"

    def _anchor(self, block: Section | Equation | Table | Figure) -> str:
        """A place to jump to, for what has a label."""
        return f'<a id="{self.numbers.of(block).anchor}"></a>' if block.label else ""

    def section(self, section: Section, level: int) -> list[str]:
        """Write a section with all that is in it, as paragraphs."""
        number = f"{self.numbers.of(section).number} " if self.document.is_book else ""
        parts = [f"{'#' * level} {self._anchor(section)}{number}{escape(section.title)}"]
        parts += [self.block(block, level) for block in section.blocks]
        for inner in section.sections:
            parts += self.section(inner, level + 1)
        return parts

    def block(self, block: Block, level: int) -> str:
        """Write one block; `level` is that of the title above it."""
        match block:
            case Prose(parts):
                return self.text(parts)
            case Equation():
                return self.equation(block)
            case Heading(text):
                return f"{'#' * (level + 1)} {escape(text)}"
            case Listing(source, language):
                fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", source)), 0)
                return f"{fence}{language.lower()}\n{source.rstrip()}\n{fence}"
            case Table():
                return self.table(block)
            case Figure(drawing, caption):
                place = self.numbers.of(block)
                boxes = "\n".join(f"- {self.text(box.parts)}" for box in drawing.boxes)
                title = f"{self._anchor(block)}*Figure {place.number}. {self.text(caption)}*"
                return f"{title}\n\n{boxes}"

    def table(self, table: Table) -> str:
        """Write a table."""
        lines = [tuple(self.text((title,)) for title in table.head), ("---",) * len(table.head)]
        marks = [f'<a id="{anchor(label)}"></a>' for label in table.labels]
        for mark, row in zip(marks or [""] * len(table.rows), table.rows, strict=True):
            first, *others = map(self.text, row)
            lines.append((mark + first, *others))
        shown = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
        if table.caption:
            number = self.numbers.of(table).number
            caption = f"*Table {number}. {self.text(table.caption)}*"
            shown = f"{self._anchor(table)}{caption}\n\n{shown}"
        return shown + (f"\n\n✓ {self.text((how(table),))}" if table.proof else "")

    def equation(self, equation: Equation) -> str:
        """Write an equation with the rule before it and the note on its proof behind it."""
        rows = " \\\\\n".join(_row(row) for line in equation.lines for row in broken(line)[0])
        checked = f"\n\n✓ {self.text((how(equation),))}" if equation.proof else ""
        if not equation.lines:
            return f"*{self.text(equation.rule)}*{checked}"
        number = self.numbers.of(equation).number
        shown = f"$$\n\\begin{{aligned}}\n{rows}\n\\end{{aligned}} \\tag{{{number}}}\n$$"
        return f"{self._anchor(equation)}*{self.text(equation.rule)}*\n\n{shown}{checked}"


def _row(row: Row) -> str:
    left = "" if row.left is None else latex(row.left)
    right = "" if row.right is None else latex(row.right)
    if row.right is None:
        return f"&{left}"
    if row.continues:
        return rf"&\quad {right if right.startswith('-') else '+ ' + right}"
    return f"{left} &{RELATIONS[row.sign]} {right}"


def _piece(piece: tuple[str, str, tuple[Node, ...]]) -> str:
    kind, text, parts = piece
    if kind == "code":
        return f"`{text}`"
    # A bar would end the cell of a table.
    formula = f"${typed_latex(parts).replace('|', chr(92) + 'vert ')}$"
    return formula if kind == "formula" else escape(text)
