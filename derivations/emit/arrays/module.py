"""A whole source file: imports, one function for each phase, and `step`, which calls them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from derivations.algebra.matrices import has_matrices
from derivations.algebra.symbols import Component, G, w
from derivations.emit.arrays.infix import indent, scalar_text
from derivations.emit.program.names import SLOPE, internal, name
from derivations.emit.program.phase import Phase
from derivations.emit.program.program import Program
from derivations.step.rule import Rule

#: The gradient at the weights where it is due, beside the function that gives it.
SLOPE_AT = Component(internal(SLOPE))


@dataclass(frozen=True)
class Kernel:
    """The body of one phase, and the temporary arrays that it needs."""

    lines: tuple[str, ...]
    buffers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Language:
    """How phases that work on arrays in place are written: their bodies, and what comes first."""

    kernel: Callable[[Phase], Kernel]
    imports: tuple[str, ...]
    helpers: tuple[str, ...] = ()
    decorator: str = ""


def module(program: Program, language: Language, gauge: Program | None = None) -> str:
    """Write a program whose phases work on arrays in place.

    The phases of a gauge, which measures the energies at a state, take the same arrays.
    """
    rule, phases = program.rule, [*program.phases, *(gauge.phases if gauge else ())]
    buffers = max((language.kernel(phase).buffers for phase in phases), key=len, default=())
    lines = [f'"""{title(rule)}"""', "", *language.imports, *language.helpers, ""]
    if program.simple:
        doc = docstring(rule, buffers)
        lines += function("step", rule, program.phases[0], buffers, language, doc)
        return "\n".join(lines)
    lines += functions("phase", rule, program.phases, buffers, language)
    lines += functions("gauge", rule, gauge.phases if gauge else (), buffers, language)
    return "\n".join([*lines, *glue(program, buffers)]) + "\n"


def functions(
    prefix: str,
    rule: Rule,
    phases: tuple[Phase, ...],
    buffers: tuple[str, ...],
    language: Language,
) -> list[str]:
    """Write the functions of phases, and of the scalars that move after them."""
    lines = []
    for index, phase in enumerate(phases, 1):
        if phase.work:
            doc = [f'"""{summary(phase)}"""']
            lines += function(f"{prefix}_{index}", rule, phase, buffers, language, doc)
        if phase.scalars:
            lines += scalar_function(f"{prefix}_scalars_{index}", phase)
    return lines


def title(rule: Rule) -> str:
    """Say what the source computes."""
    text = f"One step of {rule.name}" + (f", composed as {rule.word}." if rule.word else ".")
    return " ".join(text.replace("\\", " ").replace('"""', "'''").split())


def arrays(rule: Rule, buffers: tuple[str, ...]) -> list[str]:
    """Return the array arguments of every function of a rule."""
    own = (w, *rule.states, G, *rule.noises)
    return [*map(name, own), *buffers]


def function(
    called: str,
    rule: Rule,
    phase: Phase,
    buffers: tuple[str, ...],
    language: Language,
    doc: list[str],
) -> list[str]:
    """Write one phase as a function of arrays, then scalars."""
    body = language.kernel(phase)
    arguments = [*arrays(rule, buffers), *map(name, phase.parameters)]
    results = ", ".join(map(name, phase.totals))
    lines = ["", f"def {called}({', '.join(arguments)}):", *indent(doc), *indent(body.lines)]
    if language.decorator:
        lines.insert(1, language.decorator)
    return lines + ([f"    return {results}", ""] if results else [""])


def scalar_function(called: str, phase: Phase) -> list[str]:
    """Write what happens to scalars at the end of a phase, as a function of what is read."""
    arguments = ", ".join(map(name, phase.scalar_reads))
    work = [f"    {name(item.target)} = {scalar_text(item.value)}" for item in phase.scalars]
    results = ", ".join(map(name, phase.assigned))
    labels = ", then ".join(dict.fromkeys(item.label for item in phase.scalars))
    head = ["", f"def {called}({arguments}):", f'    """{labels}: the scalars."""']
    return [*head, *work, f"    return ({results},)", ""]


def summary(phase: Phase) -> str:
    """Name the flows that a phase carries out, and the sums that it leaves."""
    labels = list(dict.fromkeys(item.label for item in phase.work))
    text = ", then ".join(labels) or "No motion"
    return text + ("; returns what the next phase sums over all arrays." if phase.totals else ".")


def docstring(rule: Rule, buffers: tuple[str, ...], callable_gradient: bool = False) -> list[str]:
    """Say what `step` takes and changes."""
    changed = " and ".join(map(name, (w, *rule.states)))
    lines = [f'"""Move {changed} by one step, in place.', ""]
    if callable_gradient:
        lines.append("`gradient(w)` returns the gradient at w; the step calls it where it is due.")
    else:
        lines.append("`gradient` is the gradient of the loss at w.")
    if any(has_matrices(value) for stage in rule.stages for _, value in stage.assignments):
        lines.append("w is one array, in its own shape: each array of a set has its own matrices.")
    if buffers:
        lines.append(f"Scratch arrays of the shape of w: {', '.join(buffers)}.")
    return [*lines, '"""']


def glue(program: Program, buffers: tuple[str, ...]) -> list[str]:
    """Write `step`, which runs the phases on a single array."""
    rule = program.rule
    evaluates = not rule.gradient_at_start
    scalars = [name(x) for x in (*rule.scalars, *rule.parameters)]
    head = f"def step({', '.join([*arrays(rule, buffers), *scalars])}):"
    lines = indent(docstring(rule, buffers, evaluates))
    names, slope = arrays(rule, buffers), name(SLOPE_AT)
    if evaluates:
        names = [slope if text == "gradient" else text for text in names]
        start = "gradient(w)" if rule.starts_with_gradient else "None"
        lines.append(f"    {slope} = {start}")
    for index, phase in enumerate(program.phases, 1):
        if phase.evaluates:
            lines.append(f"    {slope} = gradient(w)")
        if phase.work:
            call = f"phase_{index}({', '.join([*names, *map(name, phase.parameters)])})"
            results = ", ".join(map(name, phase.totals))
            lines.append(f"    {results} = {call}" if results else f"    {call}")
        if phase.scalars:
            own = ", ".join(map(name, phase.assigned))
            called = ", ".join(map(name, phase.scalar_reads))
            lines.append(f"    ({own},) = phase_scalars_{index}({called})")
    if rule.scalars:
        lines.append(f"    return {', '.join(map(name, rule.scalars))}")
    return ["", head, *lines]
