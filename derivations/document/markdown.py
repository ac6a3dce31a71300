"""A document as Markdown, with $ and $$ around the mathematics."""

from __future__ import annotations

import re

from derivations.document.model import (
    Block,
    Cite,
    Document,
    Equation,
    Heading,
    Line,
    Listing,
    Part,
    Prose,
    Table,
)
from derivations.document.tex import RELATIONS
from derivations.document.text import citation, how, joined, numbered, spans
from derivations.emit.latex import latex


def markdown(document: Document) -> str:
    """Return the document as Markdown."""
    numbers = numbered(document)
    parts = [f"# {escape(document.title)}"]
    parts += [_text(document, note.parts) for note in document.notes]
    for section in document.sections:
        parts.append(f"## {escape(section.title)}")
        parts += [_block(document, block, numbers) for block in section.blocks]
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


def _text(document: Document, parts: tuple[Part, ...]) -> str:
    def write(part: Part) -> str:
        if isinstance(part, Cite):
            return f"[{citation(document, part)}]"
        if isinstance(part, str):
            return "".join(f"`{piece}`" if code else escape(piece) for code, piece in spans(part))
        return f"${latex(part)}$"

    return joined(parts, write)


def _block(document: Document, block: Block, numbers: dict[int, int]) -> str:
    match block:
        case Prose(parts):
            return _text(document, parts)
        case Equation():
            return _equation(document, block, numbers[id(block)])
        case Heading(text):
            return f"### {escape(text)}"
        case Listing(source, language):
            fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", source)), 0)
            return f"{fence}{language.lower()}\n{source.rstrip()}\n{fence}"
        case Table(head, rows):
            lines = [head, ("---",) * len(head)]
            lines += [tuple(_text(document, cell) for cell in row) for row in rows]
            return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _equation(document: Document, equation: Equation, number: int) -> str:
    rows = " \\\\\n".join(map(_line, equation.lines))
    shown = f"$$\n\\begin{{aligned}}\n{rows}\n\\end{{aligned}} \\tag{{{number}}}\n$$"
    checked = f"\n\n✓ {escape(how(equation))}" if equation.proof else ""
    return f"*{_text(document, equation.rule)}*\n\n{shown}{checked}"


def _line(line: Line) -> str:
    left = "" if line.left is None else latex(line.left)
    return f"{left} &{RELATIONS[line.sign]} {latex(line.right)}"
