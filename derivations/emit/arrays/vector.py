"""The NumPy step of one vector as one function, for as few calls from Python as there can be."""

from __future__ import annotations

from derivations.emit.arrays.infix import indent, name
from derivations.emit.arrays.module import title
from derivations.emit.arrays.numpy import BUFFERS, kernel, written
from derivations.emit.program.program import Program

#: The numbers that move from step to step by themselves: the time, and the number of the step.
CLOCKS = ("t", "count")


def write(program: Program) -> str:
    """Write the step of one vector as one function, of what stays the same in a run first."""
    kernels = [kernel(phase) for phase in program.phases]
    scratch = BUFFERS[: max(len(own.buffers) for own in kernels)]
    bound = [*map(name, program.rule.states), *scratch, *fixed(program)]
    moving = ["w", "gradient", *(f"{x}=None" for x in CLOCKS)]
    lines = [f'"""{title(program.rule)}"""', "", "import math", "import numpy as np", "", ""]
    lines.append(f"def step({', '.join([*bound, *moving])}):")
    lines += indent(line for own in kernels for line in own.lines)
    return "\n".join(lines) + "\n"


def fixed(program: Program) -> list[str]:
    """Return the numbers that the function takes first: all but the clocks."""
    return [name(x) for x in program.rule.parameters if name(x) not in CLOCKS]


def bare(program: Program) -> list[str]:
    """Return the hyperparameters that only multiply arrays, and enter no other number."""
    found: set[str] = set()
    inner: set[str] = set()
    for phase in [] if program.has_matrices else program.phases:
        writer = written(phase)
        inner |= {name(x) for value in writer.hoist.names for x in value.free_symbols}
        found |= {name(x) for x in phase.parameters}
    return sorted(found - inner)
