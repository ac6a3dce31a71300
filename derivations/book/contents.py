"""What is in the book, in order, and how it is put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from derivations.book import members, method, opening, reductions, theory
from derivations.document import Cite, Document, Reference, Section, prose
from derivations.paper.literature import LITERATURE, PAPER

TITLE = "Learning dynamics, derived"


def chapters() -> Iterator[Callable[[], Section]]:
    """Yield what builds each chapter, in order."""
    yield opening.chapter
    yield theory.foundations
    yield theory.applications
    yield method.chapter
    yield members.chapter
    yield from reductions.chapters()
    yield theory.errata


def book(parts: tuple[Section, ...]) -> Document:
    """Return chapters as one document, with all the literature that is cited in them."""
    notes = (
        prose("Optimizers from energies: every formula computed, every step checked."),
        prose(
            "This book derives the methods by which models learn from the Hermosis equations ",
            Cite("hermosis"), ", and proves that what comes out is what the papers and libraries "
            "state. It was written by the program that does the derivations: no formula in it is "
            "typed, and it exists only because every step of it was confirmed."
        ),
    )  # fmt: skip
    return Document(TITLE, notes, parts, tuple(cited(parts)))


def cited(parts: tuple[Section, ...]) -> Iterator[Reference]:
    """Yield the literature that is cited in chapters, in the order of the bibliography."""
    text = repr(parts)
    for entry in LITERATURE:
        if repr(Cite(entry.key)) in text or entry == PAPER:
            yield entry
