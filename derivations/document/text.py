"""What all forms of a document do alike: find citations and inline code, say what was checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from derivations.document.model import Cite, Document, Equation, Part, Table
from derivations.document.nodes import Node
from derivations.document.typed import formulas
from derivations.errors import DocumentError

#: Code between backquotes.
_CODE = re.compile(r"`([^`]*)`")


def citation(document: Document, cite: Cite) -> int:
    """Return the number of a reference. Raises `DocumentError` if the document has no such key."""
    keys = [reference.key for reference in document.bibliography]
    if cite.key not in keys:
        raise DocumentError(
            f"'{document.title}' cites {cite.key!r}, which its bibliography lacks; it has {keys}"
        )
    return keys.index(cite.key) + 1


def spans(part: str) -> Iterator[tuple[str, str, tuple[Node, ...]]]:
    """Split words into pieces, each with its kind: `plain`, `code` or `formula` with its parts.

    >>> [piece[:2] for piece in spans("with μ = e^(−γτ) in `step`")]
    [('plain', 'with '), ('formula', 'μ = e^(−γτ)'), ('plain', ' in '), ('code', 'step')]
    """
    for number, piece in enumerate(_CODE.split(part)):
        if number % 2:
            if piece:
                yield "code", piece, ()
        else:
            for text, parts in formulas(piece):
                yield "formula" if parts else "plain", text, parts


def joined(parts: tuple[Part, ...], write: Callable[[Part], str]) -> str:
    """Write the parts of a text one after the other."""
    return "".join(map(write, parts))


def how(block: Equation | Table) -> str:
    """Say in words what the machine confirmed; claims that differ in dimension are joined."""
    if isinstance(block, Equation) and block.note:
        return block.note
    dimensions: dict[str, list[str]] = {}
    for step in block.proof:
        claim, comma, dimension = step.claim.partition(", d = ")
        dimensions.setdefault(claim, []).extend([dimension] if comma else [])
    return "; ".join(
        claim + (f", d = {', '.join(dict.fromkeys(numbers))}" if numbers else "")
        for claim, numbers in dimensions.items()
    )
