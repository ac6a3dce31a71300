"""Documents in detail: wide formulas, numbers and references, tables and drawings."""

from __future__ import annotations

import re
import shutil
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest
import sympy as sp

from derivations.algebra.notation import H
from derivations.algebra.symbols import X, beta, gamma, h, parameter
from derivations.document import (
    Box,
    Document,
    Drawing,
    Equation,
    Figure,
    Line,
    Ref,
    Section,
    Table,
    line,
    prose,
    render,
)
from derivations.document.abbreviation import abbreviated
from derivations.document.breaking import ROOM, broken, width
from derivations.errors import ProofError
from derivations.proofs.proof import Step

delta = parameter("delta")
SUFFIXES = pytest.mark.parametrize("suffix", (".tex", ".html", ".md"))
needs_tex = pytest.mark.skipif(shutil.which("latexmk") is None, reason="latexmk is not installed")

GOOD = Step("the square", "binomial theorem", (X + 1) ** 2, X**2 + 2 * X + 1)
BAD = replace(GOOD, right=X**2 - 2 * X + 1)

LONG = sp.Add(*(sp.sqrt(1 + delta ** (n + 1)) for n in range(20)))


def test_a_sum_that_is_too_wide_is_broken_at_its_terms():
    pieces, widest = broken(Line(H, LONG))
    assert len(pieces) > 1 and widest <= ROOM
    assert [piece.continues for piece in pieces] == [False, *(True,) * (len(pieces) - 1)]
    assert sum(piece.right for piece in pieces) == LONG
    assert pieces[0].left == H and pieces[1].left is None


def test_a_wide_left_side_stands_alone():
    (alone, *_), _ = broken(Line(LONG, LONG))
    assert alone.left == LONG and alone.right is None


@SUFFIXES
def test_a_formula_that_is_too_wide_is_shown_whole(suffix):
    equation = Equation(("long",), (Line(H, LONG),))
    page = render(Document("a", (), (Section("b", (equation,)),)), suffix).decode()
    assert "19" in page and "20" in page
    assert (r"\fitted" in page) == (suffix == ".tex")


def test_names_for_the_parts_of_a_wide_formula_restore_it():
    part = X + gamma + beta
    lines, meanings = abbreviated([Line(None, sp.exp(part / h) / part, "")], room=3)
    (line,), (meaning,) = lines, meanings
    assert line.right.xreplace({meaning.left: meaning.right}) == sp.exp(part / h) / part
    assert meaning.left.name not in {symbol.name for symbol in part.free_symbols}


def test_a_matrix_is_as_wide_as_its_columns():
    row = sp.Matrix([[X, 1], [1, sp.exp(X) + sp.exp(beta)]])
    assert width(row.as_immutable()) > width(sp.exp(X) + sp.exp(beta)) + width(X)


FIGURE = Figure(
    Drawing(
        100.0,
        50.0,
        (Box(0, 0, 40, 20, (H,)), Box(60, 0, 40, 20, ("leaf ", Ref("here", "link")), framed=False)),
        ((40, 10, 60, 10), (50, 0, 50, 20)),
    ),
    ("a drawing",),
    "here",
)


@SUFFIXES
def test_a_drawing_has_its_boxes_and_its_lines(suffix):
    page = render(Document("a", (), (Section("b", (FIGURE,)),)), suffix).decode()
    assert "leaf" in page and "link" in page and "a drawing" in page
    if suffix == ".html":
        svg = re.search(r"<svg.*</svg>", page, re.DOTALL)
        assert svg is not None
        ElementTree.fromstring(svg[0])
        assert page.count("<line ") == 2 and page.count("<rect ") == 1
    if suffix == ".tex":
        assert page.count(r"\line(") == 2 and page.count(r"\framebox") == 1


BOOK = Document(
    "a book",
    (prose("notes"),),
    (
        Section(
            "first",
            (prose("see ", Ref("sum"), " and ", Ref("two"), " and ", Ref("rows", "these rows")),),
            (Section("inside", (Equation(("r",), (line(H, beta),), label="sum"),)),),
        ),
        Section(
            "second",
            (Table(("a",), (((X,),),), ("caption",), "rows", proof=(GOOD,)),),
            label="two",
        ),
    ),
)


@SUFFIXES
def test_references_show_numbers_and_lead_there(suffix):
    page = render(BOOK, suffix).decode()
    if suffix == ".html":
        assert '<a href="#sum">(1.1)</a>' in page and 'id="sum"' in page
        assert '<a href="#two">chapter 2</a>' in page and 'href="#rows">these rows' in page
        assert '<nav aria-label="Contents">' in page and 'class="book"' in page
    if suffix == ".tex":
        assert r"\hyperref[sum]{(\ref*{sum})}" in page and r"\label{sum}" in page
        assert r"\hyperref[two]{chapter~\ref*{two}}" in page and r"\tableofcontents" in page
    if suffix == ".md":
        assert r"[(1.1)](#sum)" in page and '<a id="two"></a>2 second' in page


@needs_tex
def test_a_book_with_a_drawing_is_typeset():
    chapter = Section("third", (FIGURE, Equation(("r",), (Line(LONG, LONG),))))
    whole = replace(BOOK, sections=(*BOOK.sections, chapter), bibliography=())
    assert render(whole, ".pdf").startswith(b"%PDF")


def test_a_step_of_a_table_is_checked():
    wrong = replace(BOOK.sections[1].blocks[0], proof=(BAD,))
    with pytest.raises(ProofError, match="section 'second', under 'caption'"):
        replace(BOOK, sections=(Section("second", (wrong,)),)).verify()


def test_words_may_have_raised_parts_and_accents():
    page = render(Document("a", (prose("e^(−γτ), t^n, X̂ᵢ ∝ 𝒦"),), ()), ".tex").decode()
    assert r"$e^{- \gamma \tau}$" in page and r"\hat{X}_{i}" in page
    assert "[U+" not in page
