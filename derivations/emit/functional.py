"""Functional source: pure functions of arrays, for JAX and PyTorch, that return new arrays."""

from __future__ import annotations

from dataclasses import dataclass, field

import sympy as sp

from derivations.components import is_component
from derivations.emit.infix import FUNCTIONS, Hoist, Infix, indent, name
from derivations.emit.module import title
from derivations.emit.program import Phase, Program
from derivations.rule import Rule
from derivations.symbols import Component, G, w


@dataclass(frozen=True)
class Language:
    """What differs between JAX and PyTorch.

    `scalars` writes formulas of numbers; `size` is the number of components of w. Where `eager`,
    numbers are Python floats and are computed apart from the arrays.
    """

    imports: tuple[str, ...]
    package: str
    scalars: Infix
    size: str
    functions: dict[str, str] = field(default_factory=dict)

    @property
    def arrays(self) -> Infix:
        """The writer of formulas of arrays."""
        names = FUNCTIONS | self.functions
        full = {key: f"{self.package}.{text}" for key, text in names.items()}
        return Infix(full, f"{self.package}.sqrt")


def write(program: Program, language: Language) -> str:
    """Write a program as one function `step`."""
    rule = program.rule
    arrays = (w, *rule.states, G, *rule.noises)
    scalars = [name(x) for x in (*rule.scalars, *rule.parameters)]
    arguments = ", ".join([*map(name, arrays), *(["*", *scalars] if scalars else [])])
    results = ", ".join(map(name, (w, *rule.states, *rule.scalars)))
    body = [*_docstring(program, results), *_body(program, language), f"return {results}"]
    head = [f'"""{title(rule)}"""', "", *language.imports, "", "", f"def step({arguments}):"]
    return "\n".join([*head, *indent(body)]) + "\n"


def _docstring(program: Program, results: str) -> list[str]:
    lines = [f'"""Return {results} after one step.', ""]
    if program.rule.gradient_at_start:
        lines.append("`gradient` is the gradient of the loss at w.")
    else:
        lines.append("`gradient(w)` returns the gradient at w; the step calls it where it is due.")
    if any(phase.totals for phase in program.phases):
        lines.append("A set of arrays that share a sum is raveled into one array first.")
    return [*lines, '"""']


def _body(program: Program, language: Language) -> list[str]:
    rule, lines = program.rule, []
    if rule.starts_with_gradient and not rule.gradient_at_start:
        lines.append("slope = gradient(w)")
    hoist = Hoist()
    for phase in program.phases:
        if phase.evaluates:
            lines.append("slope = gradient(w)")
        lines += _phase(phase, rule, language, hoist)
    return lines


def _phase(phase: Phase, rule: Rule, language: Language, hoist: Hoist) -> list[str]:
    lines: list[str] = []

    def value(expr: sp.Expr) -> str:
        known = len(hoist.names)
        expr = hoist(_with_slope(expr, rule))
        lines.extend(hoist.lines(language.scalars)[known:])
        return language.arrays(expr) if is_component(expr) else language.scalars(expr)

    for item in phase.work:
        text = value(item.value)
        if not is_component(item.value):
            text = f"{language.package}.full_like({name(item.target)}, {text})"
        lines.append(f"{name(item.target)} = {text}  # {item.label}")
    for symbol, summand in phase.totals:
        text = language.size if summand == 1 else f"{language.package}.sum({value(summand)})"
        lines.append(f"{symbol.name} = {text}")
    for item in phase.scalars:
        lines.append(f"{name(item.target)} = {language.scalars(item.value)}")
    return lines


def _with_slope(expr: sp.Expr, rule: Rule) -> sp.Expr:
    """Name the gradient's value apart from the function that gives it."""
    return expr if rule.gradient_at_start else expr.xreplace({G: Component("slope")})
