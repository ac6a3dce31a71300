"""Derivations as documents: what they consist of, and how they are written as files."""

from derivations.document.drawing import Box, Drawing
from derivations.document.files import render, write
from derivations.document.model import (
    Block,
    Cite,
    Document,
    Equation,
    Figure,
    Heading,
    Line,
    Listing,
    Part,
    Prose,
    Ref,
    Reference,
    Section,
    Table,
    line,
    prose,
)

__all__ = [
    "Block",
    "Box",
    "Cite",
    "Document",
    "Drawing",
    "Equation",
    "Figure",
    "Heading",
    "Line",
    "Listing",
    "Part",
    "Prose",
    "Ref",
    "Reference",
    "Section",
    "Table",
    "line",
    "prose",
    "render",
    "write",
]
