"""Documents: verified before they are written, written whole or not at all, in every form."""

from __future__ import annotations

import os
import re
import shutil
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derivations.components import norm2, total
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
)
from derivations.document.tex import escape
from derivations.emit.latex import latex
from derivations.emit.mathml import mathml
from derivations.errors import DocumentError, ProofError, TexError
from derivations.notation import At, Bracket, H, Partial, Rate
from derivations.proof import Step
from derivations.symbols import G, U, X, beta, c, gamma, h, k, momentum, parameter, t, tau, w

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

FORMULAS = {
    "constants before vectors": (
        c**2 / h * G - gamma * X,
        r"\frac{c^{2}}{h} \partial_{i} L - \gamma X_{i}",
    ),
    "one under the root": (
        X / sp.sqrt(1 + delta * norm2(X)),
        r"\frac{X_{i}}{\sqrt{1 + \delta \lVert \mathbf{X} \rVert^{2}}}",
    ),
    "norm": (sp.sqrt(norm2(X)), r"\lVert \mathbf{X} \rVert"),
    "fourth power of a norm": (norm2(X) ** 2, r"\lVert \mathbf{X} \rVert^{4}"),
    "one-norm": (total(sp.Abs(X)), r"\lVert \mathbf{X} \rVert_{1}"),
    "scalar product": (total(X * w), r"\mathbf{X} \cdot \mathbf{w}"),
    "sum behind a fraction": (
        total(sp.log(sp.cosh(X))) * beta / k,
        r"\frac{\beta}{k} \sum_{j} \log{\left(\cosh{\left(X_{j} \right)} \right)}",
    ),
    "sum in brackets": (
        total(sp.cosh(X)) * X,
        r"\left(\sum_{j} \cosh{\left(X_{j} \right)}\right) X_{i}",
    ),
    "nested sums have their own index": (
        total(sp.sqrt(X + total(sp.cosh(X)))),
        r"\sum_{j} \sqrt{X_{j} + \sum_{l} \cosh{\left(X_{l} \right)}}",
    ),
    "state, then gradient": (
        momentum * X + (1 - momentum) * G,
        r"\mu X_{i} + \left(1 - \mu\right) \partial_{i} L",
    ),
    "words are upright": (parameter("step_size") * X, r"\mathrm{step\ size} \, X_{i}"),
    "greek with an index": (parameter("beta_1"), r"\beta_{1}"),
    "rate": (Rate(X), r"\dot{X}_{i}"),
    "partial derivative": (
        k / beta * Partial(H, X),
        r"\frac{k}{\beta} \frac{\partial H}{\partial X_{i}}",
    ),
    "bracket": (Bracket(U, beta), r"\{U,\, \beta\}"),
    "a time": (At(X, t - tau), r"X_{i}(t - \tau)"),
    "difference over a constant": ((w - X) / h, r"\frac{w_{i} - X_{i}}{h}"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMULAS)
def test_latex_is_what_a_person_writes(name):
    expression, wanted = FORMULAS[name]
    assert latex(expression) == wanted


@pytest.mark.parametrize("name", FORMULAS)
def test_mathml_has_the_same_signs_in_the_same_order(name):
    expression, wanted = FORMULAS[name]
    assert signs_of_mathml(mathml(expression)) == signs_of_latex(wanted)


def signs_of_mathml(text: str) -> list[str]:
    """The letters and numbers of a formula, as they are read."""
    tree = ElementTree.fromstring(f"<math>{text}</math>")
    found = [leaf.text for leaf in tree.iter() if leaf.tag in ("mi", "mn") and leaf.text]
    return sorted("".join(found).replace(" ", ""))


def signs_of_latex(text: str) -> list[str]:
    """The same, read from LaTeX."""
    greek = {r"\beta": "β", r"\gamma": "γ", r"\delta": "δ", r"\mu": "μ", r"\tau": "τ"}
    for command, letter in greek.items():
        text = text.replace(command, letter)
    text = re.sub(r"\\(log|cosh)", r"\1", text)
    return sorted(re.sub(r"\\[a-zA-Z]+|[^\w]|_", "", text))
