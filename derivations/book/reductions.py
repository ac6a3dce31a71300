"""The chapters of the reductions: one for each subject, with a section for each proof."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from functools import partial
from types import ModuleType

import sympy as sp

from derivations import reductions
from derivations.algebra.symbols import averaging, beta, c, gamma, gamma_g, h, momentum
from derivations.book.plain import ADOPTED, OPENINGS, VARIANTS
from derivations.book.steps import equations, marked
from derivations.book.words import CHAPTERS, Words
from derivations.document import Block, Cite, Equation, Line, Part, Prose, Ref, Section, prose
from derivations.document.abbreviation import speeds
from derivations.paper.literature import cited_in
from derivations.proofs.proof import Proof
from derivations.reductions.derived import BETAS
from derivations.step.parametrisation import lr_form
from derivations.step.words import parse
from derivations.system.family import CONSTANT, EXPONENTIAL, FAMILY, HOT_START, Member

#: The thermal profile of a member, as an unknown function that is given.
_profile = sp.Function("f")(beta)
#: Words that read the average ahead of the one they keep, whose factor is the second one then.
_AHEAD = "{ahead}"
#: Proofs that measure in units of their own, which their equations say.
_OWN_UNITS = ("RGD",)


def chapters() -> Iterator[Callable[[], Section]]:
    """Yield what builds each chapter, in the order of the proofs."""
    for name in reductions.SUBJECTS:
        yield partial(_chapter, name)


def label(name: str) -> str:
    """Return the label of the section of a proof."""
    return f"reduction {name}"


def _chapter(name: str) -> Section:
    module = reductions.SUBJECTS[name]
    title, words = CHAPTERS.get(name) or _from_docstring(module)
    sections = (_section(proved, prove) for proved, prove in _proofs(name, module))
    return Section(title, tuple(map(Prose, words)), tuple(sections))


def _proofs(subject: str, module: ModuleType) -> Iterator[tuple[str, Callable[[], Proof]]]:
    """The proofs of a subject: those of its file that no other adopts, and those it adopts."""
    known = {name for other in reductions.SUBJECTS.values() for name in other.PROOFS}
    adopted = {
        name: first
        for name, (home, first) in ADOPTED.items()
        if name in known and home in reductions.SUBJECTS
    }
    mine = [name for name in adopted if ADOPTED[name][0] == subject]
    own = [name for name in module.PROOFS if name not in adopted]
    names = [name for name in mine if adopted[name]] + own
    for name in names + [name for name in mine if not adopted[name]]:
        yield name, module.PROOFS.get(name) or reductions.PROOFS[name]


def _from_docstring(module: ModuleType) -> Words:
    """The title and introduction of a chapter from its module's own words.

    What stands before a colon is the title; papers are cited by their arXiv numbers.
    """
    text = inspect.getdoc(module) or module.__name__
    first, *rest = (" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
    title = first.rstrip(".").removeprefix("Reductions of ").partition(": ")[0]
    paragraphs: list[tuple[Part, ...]] = [(first,)]
    paragraphs += [(words,) for words in rest if not words.startswith("Source:")]
    keys = cited_in(text)
    if keys:
        paragraphs[-1] += (" ", *(Cite(key) for key in keys))
    return title[0].upper() + title[1:], tuple(paragraphs)


def _section(name: str, prove: Callable[[], Proof]) -> Section:
    proof = prove()
    members = [member for member in FAMILY if member.reduction == name]
    sources = dict.fromkeys(
        [*(member.source for member in members if member.source),
         *cited_in(inspect.getdoc(prove) or ""), *cited_in(proof.claim)]
    )  # fmt: skip
    cites = [part for key in sources for part in (" ", Cite(key))]
    opening = OPENINGS.get(name) or _first_line(prove)
    blocks: list[Block] = [prose(opening)] if opening else []
    blocks.append(prose(marked(_sentence(proof.claim)), *cites, "."))
    for member in members:
        blocks += _choice(member)
    blocks += equations(proof.steps, VARIANTS.get(name, ()))
    listed = reductions.PROOFS.get(name) is prove
    return Section(_sentence(name), tuple(blocks), label=label(name) if listed else "")


def _first_line(prove: Callable[[], Proof]) -> str:
    return (inspect.getdoc(prove) or "").partition("\n\n")[0].replace("\n", " ")


def _sentence(text: str) -> str:
    """Begin with a capital letter, unless a formula stands there, and end without a full stop."""
    text = text.rstrip(".")
    words = text[1:2].isalpha() or text.startswith("a ")
    return text[:1].upper() + text[1:] if words else text


def _choice(member: Member) -> tuple[Block, ...]:
    """What the member is made of, and its hyperparameters in the units of practice."""
    made = [Line(sp.Symbol("kappa"), member.kappa), Line(_profile, member.profile.law.rate)]
    if member.metric is not None:
        made.append(Line(sp.Symbol("g"), member.tensor))
    metric: tuple[Part, ...] = (", in this ", Ref("metric", "metric"))
    limit: tuple[Part, ...] = ()
    if member.limit is not None:
        symbol, target = member.limit
        limit = (", in the limit ", symbol, " → ", target)
    lines, roots = speeds(made)
    chosen = Equation(
        ("in the family it is ", Ref(row(member), member.name), ": this kinetic energy and the ",
         Ref("profiles", f"{member.profile.name} profile"),
         *(metric if member.metric is not None else ()), *limit,
         f", with the word `{member.word}` of the flows ", *_flows(member.word)),
        (*lines, *roots),
    )  # fmt: skip
    units = [part for equality in _units(member) for part in (", ", equality)]
    if not units:
        return (chosen,)
    return chosen, prose("In the ", Ref("units", "units of practice"), *units, ".")


def row(member: Member) -> str:
    """Return the label of the row of a member in the table of the family."""
    return f"member {member.name}"


def _flows(word: str) -> Iterator[Part]:
    """References to the flows of a word, each once."""
    names = dict.fromkeys(letter.letters for letter in parse(word))
    for number, name in enumerate(names):
        if number:
            yield " and " if number == len(names) - 1 else ", "
        # A restart is made by no term of the energy, and has a proof of its own.
        yield Ref(label("restart"), "restart") if name == "R" else Ref(f"flow {name}")


def _units(member: Member) -> tuple[sp.Expr, ...]:
    """What practice calls the constants of the energy; nothing where a limit is taken."""
    overdamped = member.limit is not None and member.limit[0] == gamma
    known = member.profile in (CONSTANT, EXPONENTIAL, HOT_START)
    if overdamped or not known or member.reduction in _OWN_UNITS:
        return ()
    law = member.profile.law
    form = lr_form(
        law, damped=law.rate.has(gamma), joint="[" in member.word,
        averaged=member.metric is not None,
    )  # fmt: skip
    factors = BETAS if member.metric is not None else {}
    if _AHEAD in member.word:
        factors = {momentum: BETAS[averaging]}
    letters = [letter for letter in (h, c, gamma, gamma_g) if letter in form]
    values = (form[letter].subs(factors) for letter in letters)
    return tuple(sp.Eq(letter, value) for letter, value in zip(letters, values, strict=True))
