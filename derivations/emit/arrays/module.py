"""A whole source file: imports, one function for each phase, and `step`, which calls them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from derivations.algebra.matrices import Entry, has_matrices
from derivations.algebra.symbols import G, w
from derivations.emit.arrays.infix import indent, name, scalar_text
from derivations.emit.program.program import Phase, Program
from derivations.step.rule import Rule


@dataclass(frozen=True)
class Kernel:
    """The body of one phase, and the temporary arrays that it needs."""

    lines: tuple[str, ...]
    buffers: tuple[str, ...] = ()


def module(
    program: Program,
    kernel: Callable[[Phase], Kernel],
    imports: tuple[str, ...],
    decorator: str = "",
    helpers: tuple[str, ...] = (),
) -> str:
    """Write a program whose phases work on arrays in place."""
    kernels = [kernel(phase) for phase in program.phases]
    buffers = max((k.buffers for k in kernels), key=len, default=())
    lines = [f'"""{title(program.rule)}"""', "", *imports, *helpers, ""]
    if program.simple:
        doc = docstring(program.rule, buffers)
        lines += function("step", program, program.phases[0], kernels[0], buffers, decorator, doc)
        return "\n".join(lines)
    for index, (phase, body) in enumerate(zip(program.phases, kernels, strict=True), 1):
        if body.lines:
            doc = [f'"""{summary(phase)}"""']
            lines += function(f"phase_{index}", program, phase, body, buffers, decorator, doc)
        if phase.scalars:
            lines += scalar_function(f"scalars_{index}", program.rule, phase)
    return "\n".join([*lines, *glue(program, buffers)]) + "\n"


def title(rule: Rule) -> str:
    """Say what the source computes."""
    return f"One step of {rule.name}" + (f", composed as {rule.word}." if rule.word else ".")


def arrays(rule: Rule, buffers: tuple[str, ...]) -> list[str]:
    """Return the array arguments of every function of a rule."""
    own = (w, *rule.states, G, *rule.noises)
    return [*map(name, own), *buffers]


def function(
    called: str,
    program: Program,
    phase: Phase,
    body: Kernel,
    buffers: tuple[str, ...],
    decorator: str,
    doc: list[str],
) -> list[str]:
    """Write one phase as a function of arrays, then scalars."""
    arguments = [*arrays(program.rule, buffers), *map(name, phase.parameters)]
    results = ", ".join(symbol.name for symbol, _ in phase.totals)
    lines = ["", f"def {called}({', '.join(arguments)}):", *indent(doc), *indent(body.lines)]
    if decorator:
        lines.insert(1, decorator)
    return lines + ([f"    return {results}", ""] if results else [""])


def scalar_function(called: str, rule: Rule, phase: Phase) -> list[str]:
    """Write what happens to the scalar states at the end of a phase."""
    arguments = ", ".join(map(name, (*rule.scalars, *phase.scalar_parameters)))
    work = [f"    {name(item.target)} = {scalar_text(item.value)}" for item in phase.scalars]
    results = ", ".join(map(name, rule.scalars))
    labels = ", then ".join(dict.fromkeys(item.label for item in phase.scalars))
    head = ["", f"def {called}({arguments}):", f'    """{labels}: the scalars."""']
    return [*head, *work, f"    return {results}", ""]


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
    names = arrays(rule, buffers)
    if evaluates:
        names = ["slope" if text == "gradient" else text for text in names]
    if evaluates:
        start = "gradient(w)" if rule.starts_with_gradient else "None"
        lines.append(f"    slope = {start}")
    for index, phase in enumerate(program.phases, 1):
        if phase.evaluates:
            lines.append("    slope = gradient(w)")
        if phase.work or phase.totals:
            call = f"phase_{index}({', '.join([*names, *map(name, phase.parameters)])})"
            results = ", ".join(symbol.name for symbol, _ in phase.totals)
            lines.append(f"    {results} = {call}" if results else f"    {call}")
        if phase.scalars:
            own = ", ".join(map(name, rule.scalars))
            called = ", ".join(map(name, (*rule.scalars, *phase.scalar_parameters)))
            lines.append(f"    {own} = scalars_{index}({called})")
    if rule.scalars:
        lines.append(f"    return {', '.join(map(name, rule.scalars))}")
    return ["", head, *lines]


def plan(program: Program, text: str, buffers: int) -> dict[str, object]:
    """Return all that a driver needs to run a written program, as plain data."""
    rule = program.rule
    return {
        "source": text,
        "simple": program.simple,
        "phases": phases(program),
        "buffers": buffers,
        "states": [name(x) for x in rule.states],
        "matrices": [name(x) for x in rule.states if isinstance(x, Entry)],
        "whole": program.has_matrices,
        "scalars": [name(x) for x in rule.scalars],
        "parameters": [name(x) for x in rule.parameters],
        "noises": len(rule.noises),
        "gradient_at_start": rule.gradient_at_start,
        "starts_with_gradient": rule.starts_with_gradient,
        "ends_with_gradient": rule.ends_with_gradient,
        "gradients_per_step": rule.gradients_per_step,
        "word": rule.word,
    }


def phases(program: Program) -> list[dict[str, object]]:
    """Return what each phase reads and leaves, as plain data."""
    return [
        {
            "evaluates": phase.evaluates,
            "works": bool(phase.work or phase.totals),
            "writes": phase.writes,
            "reads_gradient": phase.reads_gradient,
            "parameters": [name(x) for x in phase.parameters],
            "totals": [symbol.name for symbol, _ in phase.totals],
            "scalars": [name(x) for x in phase.scalar_parameters] if phase.scalars else None,
        }
        for phase in program.phases
    ]
