"""What all forms of a document do alike: number equations and citations, find inline code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from derivations.document.model import Cite, Document, Equation, Part
from derivations.errors import DocumentError


def numbered(document: Document) -> dict[int, int]:
    """Return the number of each equation, keyed by its identity in this document."""
    equations = (
        block
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Equation)
    )
    numbers: dict[int, int] = {}
    for equation in equations:
        numbers.setdefault(id(equation), len(numbers) + 1)
    return numbers


def citation(document: Document, cite: Cite) -> int:
    """Return the number of a reference. Raises `DocumentError` if the document has no such key."""
    keys = [reference.key for reference in document.bibliography]
    if cite.key not in keys:
        raise DocumentError(
            f"'{document.title}' cites {cite.key!r}, which its bibliography lacks; it has {keys}"
        )
    return keys.index(cite.key) + 1


def spans(part: str) -> Iterator[tuple[bool, str]]:
    """Split words into pieces that are code (between backquotes) and pieces that are not."""
    for position, piece in enumerate(re.split(r"`([^`]*)`", part)):
        if piece:
            yield position % 2 == 1, piece


def joined(parts: tuple[Part, ...], write: Callable[[Part], str]) -> str:
    """Write the parts of a text one after the other."""
    return "".join(map(write, parts))


def how(equation: Equation) -> str:
    """Say in words what the machine confirmed; claims that differ in dimension are joined."""
    dimensions: dict[str, list[str]] = {}
    for step in equation.proof:
        claim, comma, dimension = step.claim.partition(", d = ")
        dimensions.setdefault(claim, []).extend([dimension] if comma else [])
    return "; ".join(
        claim + (f", d = {', '.join(dict.fromkeys(numbers))}" if numbers else "")
        for claim, numbers in dimensions.items()
    )
