"""Python source of what a program does with single numbers, between its loops."""

from __future__ import annotations

from derivations.emit.arrays.infix import Hoist, indent, name
from derivations.emit.arrays.module import scalar_function, title
from derivations.emit.program.program import Phase, Program


def write(program: Program) -> str:
    """Write `scalars_1`, …, which move the scalar states, and `factors_1`, …

    A phase's factors are computed where its loop runs; `factors_1` computes them again where they
    came out infinite or not at all, since Python says why by raising an error.
    """
    lines = [f'"""{title(program.rule)}"""', "", "import math", ""]
    for index, phase in enumerate(program.phases, 1):
        lines += _factors(index, phase)
        if phase.scalars:
            lines += scalar_function(f"scalars_{index}", program.rule, phase)
    return "\n".join(lines) + "\n"


def _factors(index: int, phase: Phase) -> list[str]:
    hoist = Hoist()
    for value in [item.value for item in phase.work] + [value for _, value in phase.totals]:
        hoist(value)
    arguments = ", ".join(map(name, phase.parameters))
    body = hoist.lines() or ["pass"]
    return ["", f"def factors_{index}({arguments}):", *indent(body), ""]
