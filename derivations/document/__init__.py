"""Derivations as documents: what they consist of, and how they are written as files."""

from derivations.document.files import render, write
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
    Reference,
    Section,
    Table,
    line,
    prose,
)

__all__ = [
    "Block",
    "Cite",
    "Document",
    "Equation",
    "Heading",
    "Line",
    "Listing",
    "Part",
    "Prose",
    "Reference",
    "Section",
    "Table",
    "line",
    "prose",
    "render",
    "write",
]
