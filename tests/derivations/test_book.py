"""The book: its chapters, the proofs in it, its references, and what the command writes."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import sympy as sp

from derivations import __main__ as command
from derivations import reductions as proofs
from derivations.algebra.cubic import CubicRoot
from derivations.algebra.symbols import X, parameter, tau, w
from derivations.book import contents, members, method, opening, plain, reductions, steps, theory
from derivations.document import Cite, Document, Equation, Prose, Ref, Section, Table, pdf, render
from derivations.document.model import Figure
from derivations.document.numbers import numbered
from derivations.errors import DocumentError
from derivations.paper.book import SECTIONS
from derivations.paper.literature import LITERATURE, cited_in
from derivations.proofs.order import ToOrder
from derivations.proofs.proof import Proof, Step
from derivations.reductions.derived import Carried

#: Chapters that take no time; the proofs of the others have tests of their own.
QUICK = (opening.chapter, theory.foundations, method.chapter)


@pytest.fixture(scope="module")
def short():
    """A book whose only proofs are those of the classical system."""
    known = {"classical": proofs.SUBJECTS["classical"]}
    named = {"", *known["classical"].PROOFS}
    family = tuple(row for row in members.FAMILY if row.reduction in named)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            reductions, "reductions", SimpleNamespace(SUBJECTS=known, PROOFS=proofs.PROOFS)
        )
        patch.setattr(members, "FAMILY", family)
        chapters = [build for build in contents.chapters() if build is not theory.applications]
        return contents.book(tuple(build() for build in chapters))


@pytest.mark.parametrize("build", QUICK, ids=lambda build: build.__module__)
def test_every_step_of_a_chapter_holds(build):
    failed = [step.claim for _, _, step in build().checked if not step.holds]
    assert not failed


def test_a_subject_is_a_chapter_with_a_section_for_each_proof():
    chapter = reductions._chapter("classical")
    assert len(chapter.sections) == len(proofs.SUBJECTS["classical"].PROOFS)
    chapter.verify("book")


def test_no_two_subjects_prove_under_the_same_name():
    assert sum(len(module.PROOFS) for module in proofs.SUBJECTS.values()) == len(proofs.PROOFS)


def test_a_subject_that_is_not_listed_is_introduced_by_its_docstring():
    module = SimpleNamespace(
        __doc__="How it ends: well, after all.\n\nMore of it.\n\nSource: arXiv:1412.6980.",
        __name__="x",
    )
    title, words = reductions._from_docstring(module)
    assert title == "How it ends"
    assert words == (
        ("How it ends: well, after all.",), ("More of it.", " ", Cite("kingma")),
    )  # fmt: skip


def prove(*steps: Step) -> Section:
    return reductions._section("a name", lambda: Proof("a name", "C K D is so", steps))


def test_a_proof_shows_what_a_step_does_as_an_assignment():
    same = Step("X after one step", "why", 2 * X, X + X)
    other = Step("w after one step", "why", (w + 1) ** 2, w**2 + 2 * w + 1)
    claim, equation = prove(same, other).blocks[-2:]
    assert isinstance(claim, Prose) and claim.parts[0] == "`C K D` is so"
    assert isinstance(equation, Equation) and len(equation.proof) == 2
    assert [(str(line.left), line.sign) for line in equation.lines] == [
        ("X", "←"), ("w", "←"), ("None", "="),
    ]  # fmt: skip
    assert "reduces to zero" in equation.note


@pytest.mark.parametrize(
    ("step", "note"),
    [
        (Step("a", "b", (X + 1) ** 2, X**2 + 2 * X + 1), "symbolic algebra"),
        (Step("a", "b", X, X + 1, differs=True), "refuted by a point"),
        (Step("a", "b", sp.Limit(sp.exp(-tau), tau, sp.oo), sp.S.Zero), "limit is taken"),
        (ToOrder("a", "b", sp.exp(tau), 1 + tau, variable=tau, power=2), "series agree"),
    ],
)
def test_every_kind_of_step_says_how_it_was_checked(step, note):
    section = prove(step)
    section.verify("book")
    assert note in section.blocks[-1].note
    assert section.blocks[-1].lines[0].sign == step.sign


def test_a_step_between_equal_numbers_is_shown_in_words():
    *_, equation = prove(Step("the determinant is one", "why", sp.S.One, sp.S.One)).blocks
    assert equation.lines == () and equation.proof


def test_a_wide_formula_is_followed_by_the_meaning_of_its_letters():
    part = 1 + X + X**2 + X**3
    wide = sp.Mul(*(sp.tanh(part / n) for n in range(2, 9)), evaluate=False)
    blocks = prove(Step("a", "b", wide / (1 + part), wide / (2 + X + X**2 + X**3))).blocks
    assert blocks[-1].rule == ("where",)
    assert blocks[-1].proof == ()


def test_a_second_form_of_a_method_is_another_equation_with_a_name():
    once = tuple(Step(f"{name} after one step", "why", X, X) for name in "Xw")
    first, second = steps.equations(once + once, ("so", "or so"))
    assert [str(line.left) for line in first.lines + second.lines] == ["X", "w", "X", "w"]
    assert first.rule == ("the state after one step, so; why",)
    assert second.rule == ("the state after one step, or so; why",)


def test_a_state_in_another_scale_stands_on_the_left_as_it_is_kept():
    (equation,) = steps.equations((Carried("v after one step", "why", X, X, kept=-2 * X),))
    assert equation.lines[0].left == -2 * X


def test_the_root_of_a_cubic_is_named_and_explained():
    Q, m, b = map(parameter, ("Q", "mass", "b"))
    step = Step("the speed", "why", 2 * CubicRoot(Q, m, b), CubicRoot(Q, m, b))
    shown, where = steps.equations((step,))
    s, m = sp.Symbol("s", positive=True), parameter("m")
    assert (shown.lines[0].left, shown.lines[0].right) == (2 * s, s)
    assert (where.lines[0].left, where.lines[0].right) == (b * s**3 + m * s, sp.sqrt(Q))


def test_a_matrix_whose_entries_are_too_long_is_told_in_words():
    wide = sp.Matrix(2, 2, lambda i, j: sum(sp.sqrt(1 + w**n + X**i + j) for n in range(2, 9)))
    (equation,) = steps.equations((Step("they are the same", "why", wide, wide + wide - wide),))
    assert equation.lines == () and "too long to be printed" in equation.note


def test_what_is_said_of_a_proof_is_said_of_one_that_is_there():
    assert {*plain.OPENINGS, *plain.VARIANTS, *plain.ADOPTED} <= set(proofs.PROOFS)
    assert {home for home, _ in plain.ADOPTED.values()} <= set(proofs.SUBJECTS)


def test_adopted_proofs_have_left_their_files():
    names = {subject: [name for name, _ in reductions._proofs(subject, module)]
             for subject, module in proofs.SUBJECTS.items()}  # fmt: skip
    assert names["adaptive"][-1] == "VRAdam in the metric norm"
    assert names["caution"][0] == "cautious masking"
    assert sorted(sum(names.values(), [])) == sorted(proofs.PROOFS)


def test_only_what_is_cited_is_in_the_bibliography_of_a_book():
    part = Section("s", (Prose((Cite("kingma"),)),))
    assert [entry.key for entry in contents.cited((part,))] == ["hermosis", "kingma"]


def test_every_paper_that_the_engine_cites_is_in_the_bibliography():
    sources = Path(theory.__file__).parents[1].rglob("*.py")
    text = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    numbers = set(re.findall(r"arXiv:(\d{4}\.\d{4,5})", text))
    known = {entry.url.rpartition("/")[2] for entry in LITERATURE}
    assert numbers <= known
    assert cited_in("arXiv:2310.05898 and arXiv:1412.6980") == ("lionk", "kingma")


def test_keys_of_the_bibliography_are_different():
    keys = [entry.key for entry in LITERATURE]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("suffix", (".tex", ".html", ".md"))
def test_a_book_is_written_with_all_its_references(short, suffix):
    text = render(short, suffix).decode()
    for section in short.sections:
        assert section.title.split(":")[0] in text
    if suffix == ".html":
        anchors = set(re.findall(r'id="([^"]+)"', text))
        assert set(re.findall(r'href="#([^"]+)"', text)) <= anchors
        assert len(re.findall(r'id="([^"]+)"', text)) == len(anchors)
        assert "<script" not in text and not re.search(r"<link|src=|@import|url\(", text)
        assert len(text) < 3_000_000
    if suffix == ".tex":
        labels = re.findall(r"\\label\{([^}]+)\}", text)
        assert len(set(labels)) == len(labels)
        assert set(re.findall(r"\\hyperref\[([^\]]+)\]", text)) <= set(labels)


@pytest.mark.skipif(shutil.which("latexmk") is None, reason="latexmk is not installed")
def test_the_pdf_of_a_book_has_no_line_that_is_too_wide(short, tmp_path):
    Path(tmp_path, "book.tex").write_bytes(render(short, ".tex"))
    run = [*pdf._COMMAND, "book.tex"]
    subprocess.run(run, cwd=tmp_path, capture_output=True, check=True, timeout=170)
    log = Path(tmp_path, "book.log").read_text(encoding="utf-8", errors="replace")
    wide = [float(size) for size in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log)]
    assert all(size < 10 for size in wide)
    assert "undefined references" not in log


def test_numbers_begin_anew_in_each_chapter(short):
    numbers = numbered(short)
    for position, chapter in enumerate(short.sections, 1):
        assert numbers.of(chapter).number == str(position)
        blocks = [block for part in (chapter, *chapter.sections) for block in part.blocks]
        equations = [b for b in blocks if isinstance(b, Equation) and b.lines]
        assert [numbers.of(block).number for block in equations] == [
            f"{position}.{n}" for n in range(1, len(equations) + 1)
        ]


def test_a_reference_to_nothing_and_a_label_twice_are_named(short):
    lost = Document("d", (Prose((Ref("nowhere"),)),), (Section("s", ()),))
    with pytest.raises(DocumentError, match="points to 'nowhere', but nothing"):
        render(lost, ".html")
    twice = Document("d", (), (Section("a", (), label="x"), Section("b", (), label="x")))
    with pytest.raises(DocumentError, match="two parts of 'd' have the label 'x'"):
        render(twice, ".tex")


def test_tables_and_figures_are_there(short):
    blocks = [
        block
        for chapter in short.sections
        for part in (chapter, *chapter.sections)
        for block in part.blocks
    ]
    assert sum(isinstance(block, Table) for block in blocks) >= 5
    assert sum(isinstance(block, Figure) for block in blocks) == 1


# -- the command


@pytest.fixture
def quick(monkeypatch):
    """The command with two chapters, and references to no others."""
    chapter = Section("One", (), (SECTIONS["coupling"](),))
    monkeypatch.setattr(command, "chapters", lambda: iter((lambda: chapter,)))


def test_the_command_writes_the_whole_and_says_what_it_does(quick, tmp_path, capsys):
    assert command.main(["-o", str(tmp_path), "--format", "tex,html,md"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "learning_dynamics.html", "learning_dynamics.md", "learning_dynamics.tex",
    ]  # fmt: skip
    first, *_, last = capsys.readouterr().out.splitlines()
    assert "checks  One" in first and "the whole, all confirmed" in last


def test_the_command_also_writes_the_sections(quick, tmp_path):
    assert command.main(["-o", str(tmp_path), "--format", "md", "--sections"]) == 0
    assert len(list(tmp_path.glob("*.md"))) == len(SECTIONS) + 1


def test_the_command_fails_where_a_proof_fails(monkeypatch, tmp_path, capsys):
    broken = Step("it is so", "algebra", X, 2 * X)
    chapter = Section("One", (), (prove(broken),))
    monkeypatch.setattr(command, "chapters", lambda: iter((lambda: chapter,)))
    assert command.main(["-o", str(tmp_path), "--format", "md"]) == 1
    assert "section 'A name'" in (said := capsys.readouterr().err) and "it is so" in said
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_the_whole_book_is_written(tmp_path):
    run = [sys.executable, "-m", "derivations", "-o", str(tmp_path), "--format", "html,md,tex"]
    assert subprocess.run(run, check=False, timeout=600).returncode == 0
