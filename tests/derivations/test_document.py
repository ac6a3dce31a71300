"""Documents: verified before they are written, written whole or not at all, in every form."""

from __future__ import annotations

import os
import re
import shutil
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derivations.algebra.notation import H
from derivations.algebra.symbols import (
    X,
    beta,
    h,
    parameter,
)  # fmt: skip
from derivations.document import (
    Cite,
    Document,
    Equation,
    Heading,
    Listing,
    Reference,
    Section,
    Table,
    files,
    line,
    pdf,
    prose,
    render,
)  # fmt: skip
from derivations.document.tex import escape
from derivations.errors import DocumentError, ProofError, TexError
from derivations.proofs.proof import Step

delta = parameter("delta")
NASTY = (
    r"50% of $x_1$ & #2 {a} \emph{b} ~ ^ <script>alert(1)</script> | *b* `c` "
    r"– β ẇ é ő 漢 🙂 « \end{x} ^^41 %%"
)
SUFFIXES = pytest.mark.parametrize("suffix", (".tex", ".html", ".md"))
needs_tex = pytest.mark.skipif(shutil.which("latexmk") is None, reason="latexmk is not installed")

GOOD = Step("the square", "binomial theorem", (X + 1) ** 2, X**2 + 2 * X + 1)
BAD = replace(GOOD, right=X**2 - 2 * X + 1)


def document(step: Step = GOOD, text: str = "words") -> Document:
    blocks = (
        Heading(text),
        prose(text, X / h, " and `code_1` ", Cite("one")),
        Equation((text, beta), (line(H, beta * X), line(None, X, "≈")), (step,)),
        Listing(f'def f(x):\n    """{text}"""\n    return x  # `` ```\n'),
        Table(("a", text), ((("x",), (X**2,)), ((text,), ("y", X)))),
    )
    literature = (Reference("one", text, "https://example.org/a_b%20c"),)
    return Document(text, (prose(text),), (Section(text, blocks),), literature)


def test_a_good_document_counts_its_checks():
    good = document()
    good.verify()
    assert good.checks == 1


@SUFFIXES
def test_a_step_that_fails_is_named_and_nothing_is_written(suffix, tmp_path):
    message = (
        r"in 'words', section 'words', under 'wordsbeta': the machine could not confirm: the square"
    )
    with pytest.raises(ProofError, match=message):
        document(BAD).write(tmp_path / f"a{suffix}")
    assert not list(tmp_path.iterdir())


@SUFFIXES
def test_writing_replaces_the_file_and_leaves_nothing_else(suffix, tmp_path):
    target = tmp_path / f"a{suffix}"
    target.write_text("before")
    assert document().write(str(target)) == target
    assert [path.name for path in tmp_path.iterdir()] == [target.name]
    assert not target.read_text().startswith("before")
    assert target.stat().st_mode & 0o777 == 0o666 & ~files._umask()


def test_a_failed_rename_leaves_the_old_file_and_no_droppings(tmp_path, monkeypatch):
    target = tmp_path / "a.md"
    target.write_text("old")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        document().write(target)
    assert [path.name for path in tmp_path.iterdir()] == ["a.md"]
    assert target.read_text() == "old"


@pytest.mark.parametrize(("name", "came"), [("a.docx", "the suffix '.docx'"), ("a", "no suffix")])
def test_an_unknown_suffix_lists_the_known_ones(name, came, tmp_path):
    message = f"cannot be written with {came}; known suffixes: .tex, .pdf, .html, .md"
    with pytest.raises(DocumentError, match=re.escape(message)):
        document().write(tmp_path / name)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(DocumentError, match="nowhere does not exist; create it first"):
        document().write(tmp_path / "nowhere" / "a.md")


@SUFFIXES
def test_a_citation_that_is_not_in_the_bibliography_is_named(suffix):
    bare = replace(document(), bibliography=())
    with pytest.raises(DocumentError, match="cites 'one', which its bibliography lacks"):
        render(bare, suffix)


@SUFFIXES
def test_two_renderings_are_the_same_bytes(suffix):
    assert render(document(), suffix) == render(document(), suffix)


# -- each form


def test_html_is_one_page_without_scripts_that_loads_nothing():
    page = render(document(text=NASTY), ".html").decode()
    assert "<script" not in page
    assert "alert(1)&lt;/script&gt;" in page
    assert not re.search(r"<(link|img|iframe)|src=|@import|url\(", page)


@given(st.text(max_size=40))
def test_html_shows_any_text(text):
    page = render(document(text=text), ".html").decode()
    assert "<script" not in page


def test_html_formulas_are_well_formed():
    for formula in re.findall(r"<math.*?</math>", render(document(text=NASTY), ".html").decode()):
        ElementTree.fromstring(formula)


def test_a_link_is_only_made_of_a_web_address():
    evil = (Reference("one", "text", "javascript:alert(1)"),)
    assert "javascript" not in render(replace(document(), bibliography=evil), ".html").decode()


def test_markdown_fences_are_longer_than_those_inside():
    text = render(document(), ".md").decode()
    assert "````python" in text
    assert r"\tag{1}" in text


def test_tex_escapes_and_uses_only_the_agreed_packages():
    source = render(document(text=NASTY), ".tex").decode()
    used = set(",".join(re.findall(r"\\usepackage(?:\[.*?\])?\{(.*?)\}", source)).split(","))
    assert used <= {
        "geometry",
        "amsmath",
        "amssymb",
        "mathtools",
        "array",
        "longtable",
        "graphicx",
        "booktabs",
        "microtype",
        "natbib",
        "hyperref",
    }
    assert r"\textbackslash{}emph\{b\}" in source


def test_quotes_become_typographic():
    assert escape('a "word"') == "a ``word''"


@needs_tex
@pytest.mark.parametrize("text", ("words", NASTY))
def test_pdf_is_made_of_any_text(text, tmp_path):
    path = document(text=text).write(tmp_path / "a.pdf")
    assert path.read_bytes().startswith(b"%PDF")
    assert [found.name for found in tmp_path.iterdir()] == ["a.pdf"]


def test_pdf_without_tex_says_what_to_install(monkeypatch):
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    with pytest.raises(
        TexError, match="apt-get install latexmk texlive-latex-base texlive-latex-rec"
    ):
        render(document(), ".pdf")


@needs_tex
def test_pdf_shows_the_line_of_tex_that_fails(monkeypatch):
    monkeypatch.setattr(pdf, "tex", lambda _: "\\documentclass{article}\\begin{document}\\nosuch")
    with pytest.raises(
        TexError, match=r"TeX refused the document: ! Undefined control sequence.*nosuch"
    ):
        pdf.pdf(document())


NO_PACKAGE = r"""\documentclass{article}
\usepackage{nosuchpackage}
\begin{document}x\end{document}
"""


@needs_tex
def test_pdf_says_which_package_is_missing(monkeypatch):
    monkeypatch.setattr(pdf, "tex", lambda _: NO_PACKAGE)
    with pytest.raises(TexError, match="a package is missing: install it with"):
        pdf.pdf(document())


def test_pdf_leaves_no_folder_behind(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(pdf.shutil, "which", lambda name: name)
    monkeypatch.setattr(pdf, "_COMMAND", ("false",))
    with pytest.raises(TexError, match="TeX refused the document"):
        pdf.pdf(document())
    assert not list(Path(tmp_path).iterdir())


# -- the two printers of mathematics
