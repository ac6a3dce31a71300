"""Functional source: pure functions of arrays, for JAX and PyTorch, that return new arrays.

Formulas are written for whole arrays, so that functions of matrices stand among them; the in-place
source of such rules (`derivations.emit.arrays.matrices`) uses the same lines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import sympy as sp

from derivations.algebra.components import Sum, is_component
from derivations.algebra.symbols import G, w
from derivations.emit.arrays.infix import FUNCTIONS, Hoist, Infix, indent
from derivations.emit.arrays.module import SLOPE_AT, title
from derivations.emit.arrays.prelude import prelude
from derivations.emit.program.names import name
from derivations.emit.program.phase import Assign, Phase, Take
from derivations.emit.program.program import Program
from derivations.step.rule import Rule

#: What the helper of norms is called, in every language.
NORM = "_norm"


@dataclass(frozen=True)
class Language:
    """What differs between JAX, PyTorch and NumPy.

    `scalars` writes formulas of numbers, and `helpers` holds the functions that it may call, by
    name; `size` is the number of components of w; `total` writes the sum of an array, and `filled`
    an array like another with one number everywhere.
    """

    imports: tuple[str, ...]
    package: str
    scalars: Infix
    size: str
    functions: dict[str, str] = field(default_factory=dict)
    total: str = ""
    filled: str = ""
    helpers: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def arrays(self) -> Infix:
        """The writer of formulas of arrays."""
        names = FUNCTIONS | self.functions
        full = {key: f"{self.package}.{text}" for key, text in names.items()}
        return Infix(full, f"{self.package}.sqrt")

    def summed(self, text: str) -> str:
        """Write the sum of an array."""
        return (self.total or f"{self.package}.sum({{}})").format(text)

    def like(self, array: str, number: str) -> str:
        """Write an array like another with one number everywhere."""
        return (self.filled or f"{self.package}.full_like({{}}, {{}})").format(array, number)

    def called(self, body: list[str]) -> list[str]:
        """Return the lines of the helpers that some lines of code call."""
        used = [lines for name, lines in self.helpers.items() if f"{name}(" in "".join(body)]
        return [line for lines in used for line in ("", "", *lines)]


def write(program: Program, language: Language) -> str:
    """Write a program as one function `step`."""
    rule = program.rule
    arrays = (w, *rule.states, G, *rule.noises)
    scalars = [name(x) for x in (*rule.scalars, *rule.parameters)]
    arguments = ", ".join([*map(name, arrays), *(["*", *scalars] if scalars else [])])
    results = ", ".join(map(name, (w, *rule.states, *rule.scalars)))
    body = [*_docstring(program, results), *_body(program, language), f"return {results}"]
    helpers = [*prelude(program, language.package), *language.called(body)]
    head = [f'"""{title(rule)}"""', "", *language.imports, *helpers, "", ""]
    head.append(f"def step({arguments}):")
    return "\n".join([*head, *indent(body)]) + "\n"


def _docstring(program: Program, results: str) -> list[str]:
    lines = [f'"""Return {results} after one step.', ""]
    if program.rule.gradient_at_start:
        lines.append("`gradient` is the gradient of the loss at w.")
    else:
        lines.append("`gradient(w)` returns the gradient at w; the step calls it where it is due.")
    if program.has_matrices:
        lines.append(
            "w is one array, in its own shape: each array of a set is a system of its own."
        )
    elif any(phase.totals for phase in program.phases):
        lines.append("A set of arrays that share a sum is raveled into one array first.")
    return [*lines, '"""']


def _body(program: Program, language: Language) -> list[str]:
    rule, lines = program.rule, []
    if rule.starts_with_gradient and not rule.gradient_at_start:
        lines.append(f"{name(SLOPE_AT)} = gradient(w)")
    hoist = Hoist()
    for phase in program.phases:
        if phase.evaluates:
            lines.append(f"{name(SLOPE_AT)} = gradient(w)")
        lines += _phase(phase, rule, language, hoist)
    return lines


def _phase(phase: Phase, rule: Rule, language: Language, hoist: Hoist) -> list[str]:
    def returned(item: Assign, text: str) -> str:
        if not is_component(item.value):
            text = language.like(name(item.target), text)
        return f"{name(item.target)} = {text}"

    lines = array_lines(phase, language, hoist, returned, lambda expr: _with_slope(expr, rule))
    for item in phase.scalars:
        lines.append(f"{name(item.target)} = {language.scalars(item.value)}")
    return lines


def array_lines(
    phase: Phase,
    language: Language,
    hoist: Hoist,
    assignment: Callable[[Assign, str], str],
    renamed: Callable[[sp.Expr], sp.Expr] = lambda expr: expr,
) -> list[str]:
    """Write the array work of a phase, and its sums, as formulas of whole arrays."""
    lines: list[str] = []

    def value(expr: sp.Expr) -> str:
        known = len(hoist.names)
        arrays = is_component(expr) or isinstance(expr, Sum)
        expr = renamed(expr)
        expr = expr.func(*map(hoist, expr.args)) if isinstance(expr, Sum) else hoist(expr)
        lines.extend(hoist.lines(language.scalars)[known:])
        return language.arrays(expr) if arrays else language.scalars(expr)

    for item in phase.work:
        if isinstance(item, Take):
            lines.append(f"{name(item.target)} = {_total(item, language, value)}")
        else:
            lines.append(f"{assignment(item, value(item.value))}  # {item.label}")
    return lines


def _total(item: Take, language: Language, value: Callable[[sp.Expr], str]) -> str:
    """Write a sum over all components."""
    if item.value == 1:
        return language.size
    if isinstance(item.value, Sum):
        return value(item.value)
    text = value(item.value)
    return f"{NORM}({text})" if item.norm else language.summed(text)


def _with_slope(expr: sp.Expr, rule: Rule) -> sp.Expr:
    """Name the gradient's value apart from the function that gives it."""
    return expr if rule.gradient_at_start else expr.xreplace({G: SLOPE_AT})
