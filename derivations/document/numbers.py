"""Numbers and labels: which section, equation, table and figure has which number."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from derivations.document.model import (
    Document,
    Equation,
    Figure,
    Ref,
    Section,
    Table,
)
from derivations.errors import DocumentError

#: What a reference calls the things that carry labels.
_KINDS = {Equation: "equation", Table: "table", Figure: "figure"}


@dataclass(frozen=True)
class Place:
    """Where something numbered stands: its kind, its number and the name that links use."""

    kind: str
    number: str
    anchor: str

    @property
    def shown(self) -> str:
        """What a reference to it prints."""
        return f"({self.number})" if self.kind == "equation" else f"{self.kind} {self.number}"


@dataclass(frozen=True)
class Numbers:
    """The places of a document: of its blocks and sections by identity, and by label."""

    blocks: dict[int, Place]
    labels: dict[str, Place]

    def of(self, block: object) -> Place:
        """Return the place of a block or section of the document."""
        return self.blocks[id(block)]

    def has(self, ref: Ref) -> bool:
        """Tell whether there is something to link to; only a reference that may miss needs none."""
        return ref.label in self.labels or not ref.may_miss

    def find(self, ref: Ref) -> Place:
        """Return what a reference points to. Raises `DocumentError` if nothing has its label."""
        if ref.label not in self.labels:
            raise DocumentError(
                f"a reference points to {ref.label!r}, but nothing in the document has that label"
            )
        return self.labels[ref.label]


def numbered(document: Document) -> Numbers:
    """Number sections and blocks as LaTeX does: in a book, blocks begin anew in each chapter."""
    blocks: dict[int, Place] = {}
    labels: dict[str, Place] = {}
    for block, place in _places(document):
        blocks.setdefault(id(block), place)
        named = {getattr(block, "label", ""): place}
        for label in getattr(block, "labels", ()):
            named[label] = Place(place.kind, place.number, anchor(label))
        for label, there in named.items():
            if label and labels.setdefault(label, there) != there:
                raise DocumentError(f"two parts of '{document.title}' have the label {label!r}")
    return Numbers(blocks, labels)


def _places(document: Document) -> Iterator[tuple[object, Place]]:
    book = document.is_book
    counts: dict[str, int] = defaultdict(int)
    for position, section in enumerate(document.sections, 1):
        if book:
            counts = defaultdict(int)
        prefix = f"{position}." if book else ""
        yield section, _place("chapter" if book else "section", str(position), section)
        yield from _inside(section, prefix, counts)
        for number, inner in enumerate(section.sections, 1):
            yield inner, _place("section", f"{position}.{number}", inner)
            yield from _inside(inner, prefix, counts)


def _inside(
    section: Section, prefix: str, counts: dict[str, int]
) -> Iterator[tuple[object, Place]]:
    for block in section.blocks:
        kind = _KINDS.get(type(block))
        if kind is not None and _is_numbered(block):
            counts[kind] += 1
            yield block, _place(kind, f"{prefix}{counts[kind]}", block)


def _is_numbered(block: object) -> bool:
    """A table without a caption and an equation without a formula have no number."""
    if isinstance(block, Equation):
        return bool(block.lines)
    return not isinstance(block, Table) or bool(block.caption)


def _place(kind: str, number: str, block: object) -> Place:
    label = getattr(block, "label", "")
    return Place(kind, number, anchor(label) if label else f"{kind}-{number}")


def anchor(label: str) -> str:
    """Return a label as it may stand in an address and in TeX.

    >>> anchor("reduction RGD, α = 1")
    'reduction-RGD-x3b1-1'
    """
    ascii_only = "".join(sign if sign.isascii() else f" x{ord(sign):x} " for sign in label)
    return re.sub(r"[^A-Za-z0-9]+", "-", ascii_only).strip("-")
