"""How the steps of a proof are shown as equations: assignments together, other steps one by one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

import sympy as sp

from derivations.algebra.components import Total
from derivations.algebra.notation import Notation
from derivations.algebra.symbols import Component, parameter
from derivations.algebra.tidy import tidy
from derivations.book.plain import NAMES
from derivations.document import Equation, Line
from derivations.document.abbreviation import abbreviated, speeds
from derivations.document.breaking import width
from derivations.emit.mathematics.latex import latex
from derivations.proofs.proof import Step, equal

#: A claim about what a step does to one array.
_AFTER = re.compile(
    r"(?P<before>(?:.*: )?)(?P<array>[^\W\d_]\w*)"
    r"(?P<when> after [a-z]+( [a-z]+)? step|, by these moments)$"
)
#: Words of flows in running text, and single letters that stand for flows.
_TOKEN = r"\(?\[?[CKDSMNR]{1,2}\]?(?:/\d+|½)?\)?"
_WORD = re.compile(rf"(?<![\w`])(?:{_TOKEN}(?: {_TOKEN})+|\[CK\])(?![\w`])")
_ALONE = re.compile(
    r"(?<=[Tt]he letter )[CKDSMR]\b|\b(?:CK|[CKDS])(?=, (?:cool|kick|drift|shrink)\b)"
    r"|(?<=flows )(?:[CKDS], )+[CKDS]\b|\bS(?= is its decoupled)"
)
#: A matrix that is wider than this, in em, is not printed.
_WIDEST = 22.0
_LEFT_ALONE = (sp.Limit, sp.Integral, sp.Order, Notation)
#: A formula that is wider than this, in em, is shown in a shorter form if there is one.
_LONG = 24.0


def marked(text: str) -> str:
    """Mark the words of flows in running text as code."""
    text = _ALONE.sub(lambda found: f"`{found[0]}`".replace(", ", "`, `"), text)
    return _WORD.sub(lambda found: f"`{found[0]}`".replace("½", "/2"), text)


def equations(steps: Iterable[Step], variants: tuple[str, ...] = ()) -> Iterator[Equation]:
    """Yield the equations of a proof; `variants` names forms that are compared in turn."""
    for together, group in groupby(steps, _kind):
        if together:
            parts = _parts(tuple(group))
            names = variants if len(parts) == len(variants) else ("",) * len(parts)
            for part, name in zip(parts, names, strict=True):
                yield from _readable(_after(part, name))
        else:
            for step in group:
                yield from _readable(_equation(step))


def _array(step: Step) -> str:
    found = _AFTER.match(step.claim)
    return found["array"] if found else ""


def _parts(steps: tuple[Step, ...]) -> list[tuple[Step, ...]]:
    """Begin anew where an array comes a second time: that is another form of the method."""
    parts: list[list[Step]] = [[]]
    for step in steps:
        if _array(step) in map(_array, parts[-1]):
            parts.append([])
        parts[-1].append(step)
    return [tuple(part) for part in parts]


def _kind(step: Step) -> tuple[str, ...]:
    """What steps that stand together have in common; nothing for a step that stands alone."""
    found = _AFTER.match(step.claim)
    is_equality = step.sign == "=" and step.shown == step.right
    return (found["before"], found["when"], step.rule) if found and is_equality else ()


def _after(steps: tuple[Step, ...], variant: str) -> Equation:
    """One equation for what a step does to all arrays, in the order of the proof."""
    lines: list[Line] = []
    for step in steps:
        target = getattr(step, "kept", None)
        lines += _sides(Component(_array(step)) if target is None else target, step)
    before, when, why = _kind(steps[0])
    note = (
        "derived and stated apart, the two are the same"
        if all(map(_alike, steps))
        else "derived and stated apart: the first form minus the second reduces to zero"
    )
    place = "the weights, by these moments" if when.startswith(",") else f"the state{when}"
    named = f", {variant}" if variant else ""
    return Equation((marked(f"{before}{place}{named}; {why}"),), tuple(lines), steps, note=note)


def _readable(equation: Equation) -> tuple[Equation, ...]:
    """The equation, and another with the meaning of its letters where it is too wide."""
    lines, roots = speeds([_line(line) for line in equation.lines])
    lines, meanings = abbreviated(lines)
    matrix = any(isinstance(line.right, sp.MatrixBase) for line in lines)
    sizes = [width(side) for line in lines for side in (line.left, line.right)]
    if matrix and (meanings or max(sizes) > _WIDEST):
        note = f"{equation.note}; its entries are too long to be printed"
        return (replace(equation, lines=(), note=note),)
    short = replace(equation, lines=lines)
    meanings = (*roots, *meanings)
    return (short, Equation(("where",), meanings)) if meanings else (short,)


def _line(line: Line) -> Line:
    left = None if line.left is None else named(line.left)
    return replace(line, left=left, right=_short(named(line.right)))


def named(expr: sp.Basic) -> sp.Basic:
    """Write a letter for each hyperparameter that the engine knows by a word."""
    letters = {
        symbol: parameter(NAMES[symbol.name])
        for symbol in expr.free_symbols
        if symbol.name in NAMES and not isinstance(symbol, Component)
    }
    return expr.xreplace(letters)


def _short(expr: sp.Expr) -> sp.Expr:
    """The shorter of a long expression and what is left when equal parts are taken away."""
    if isinstance(expr, sp.MatrixBase) or width(expr) < _LONG or expr.has(*_LEFT_ALONE):
        return expr
    together = sp.powsimp(expr, deep=True)
    forms = [expr, together]
    if expr.is_Add:
        forms.append(tidy(together) if expr.has(Total) else tidy(sp.expand(together)))
    short = min(forms, key=width)
    return short if short == expr or equal(expr, short) else expr


def _sides(target: sp.Expr | None, step: Step) -> list[Line]:
    if _alike(step):
        return [Line(target, step.left, "←")]
    return [Line(target, step.left, "←"), Line(None, step.shown, "=")]


def _alike(step: Step) -> bool:
    """Whether both sides are written with the same signs."""
    return latex(step.left) == latex(step.shown)


def _equation(step: Step) -> Equation:
    sign = step.sign
    lines: tuple[Line, ...] = (Line(step.left, step.shown, sign),)
    if sign == "=" and _alike(step):
        plain = getattr(step.left, "is_number", False)
        lines = () if plain else (Line(None, step.left, ""),)
    rule = f"{step.claim} — {step.rule}" if step.rule else step.claim
    return Equation((marked(rule),), lines, (step,), note=_note(step))


def _note(step: Step) -> str:
    if step.sign == "=" and any(side.has(sp.Limit) for side in (step.left, step.right)):
        return "the limit is taken by machine"
    if step.shown != step.right:
        return "the series agree below this order, and differ in it"
    return _NOTES.get(step.sign, "confirmed by machine")


_NOTES = {
    "=": "confirmed by symbolic algebra",
    "≠": "refuted by a point where the two sides differ",
    "≤": "proved for all values of the letters",
    "≰": "refuted by a point where it fails",
}
