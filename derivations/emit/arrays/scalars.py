"""Python source of what a program does with single numbers, between its loops.

Machine code computes them too; where one came out infinite or not at all, Python says why by
raising an error.
"""

from __future__ import annotations

from derivations.emit.arrays.infix import Hoist, indent
from derivations.emit.arrays.module import title
from derivations.emit.program.names import name
from derivations.emit.program.phase import Phase
from derivations.emit.program.program import Program


def write(program: Program) -> str:
    """Write `factors_1`, …, which compute what the loops of a phase read besides arrays."""
    lines = [f'"""{title(program.rule)}"""', "", "import math", ""]
    for index, phase in enumerate(program.phases, 1):
        lines += _factors(index, phase)
    return "\n".join(lines) + "\n"


def _factors(index: int, phase: Phase) -> list[str]:
    hoist = Hoist()
    for item in phase.work:
        hoist(item.value)
    arguments = ", ".join(map(name, phase.parameters))
    body = hoist.lines() or ["pass"]
    return ["", f"def factors_{index}({arguments}):", *indent(body), ""]
