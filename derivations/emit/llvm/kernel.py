"""LLVM source: one fused loop for each phase, from memory to memory, with no array in between.

A module is written for one precision. Its functions read a task (`derivations.emit.llvm.task`),
so that one call runs over all arrays of a parameter set:

`factors_k(task)`  computes the numbers that phase k reads from hyperparameters, sums and scalars,
    in double precision, and returns 1 where one is not finite.
`phase_k(task, first, last)`  does some of its jobs, and returns 1 where it wrote a number that is
    not finite; several threads may do different jobs at once.
`add_k(task)`  adds up what the jobs left behind, in their order, so that no result depends on the
    number of threads, and moves the scalars.

`check` and `segment_k`, which does the phases from one gradient to the next, stand beside them:
`derivations.emit.llvm.finite` and `derivations.emit.llvm.segments`. Where the first phase takes
sums of the gradient before anything is written, `add_1` returns what `check` would.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import sympy as sp

from derivations.algebra.symbols import G, w
from derivations.emit.arrays.module import title
from derivations.emit.llvm import finite, segments, task
from derivations.emit.llvm.builder import Function
from derivations.emit.llvm.part import Part
from derivations.emit.program.names import name
from derivations.emit.program.program import Program

Precision = Literal["double", "float"]
PRECISIONS: tuple[Precision, ...] = ("double", "float")


def write(program: Program, precision: Precision = "double", gauge: Program | None = None) -> str:
    """Write a program, cut as `fused` cuts it, as an LLVM module.

    `gauge` measures the energies at a state, and becomes phase 0.
    """
    return Module(program, precision, gauge).text()


@dataclass
class Module:
    """A program in one precision, and what its functions have in common."""

    program: Program
    kind: Precision
    gauge: Program | None = None

    def __post_init__(self) -> None:
        self.used: set[str] = set()
        self.arrays = arrays(self.program)
        self.rows = numbers(self.program, self.gauge)
        first = self.program.phases[0] if self.program.phases else None
        self.checks = is_checking(self.program)
        self.parts = [
            Part(self, index, phase, checks=self.checks and phase is first)
            for index, phase in enumerate(self.program.phases, 1)
        ]
        if self.gauge is not None:
            self.parts += [Part(self, 0, phase) for phase in self.gauge.phases]

    @property
    def slots(self) -> int:
        """How many numbers a job may leave behind."""
        return max((part.slots for part in self.parts), default=0)

    @property
    def factors(self) -> int:
        """How many numbers the loops of a phase read, at most."""
        return max((len(part.passed) for part in self.parts), default=0)

    def text(self) -> str:
        """Write the module."""
        head = [f"; {title(self.program.rule)}", f"; {', '.join(map(name, self.arrays))}"]
        place = self.arrays.index(G)
        body = finite.write(self.kind, len(self.arrays), place)
        for part in self.parts:
            body += part.functions()
        body += segments.write(self.program, self.gauge, self.kind, self.arrays, self.rows)
        return "\n\n".join(["\n".join(head), *body, "\n".join(sorted(self.used))]) + "\n"

    def column(self, symbol: sp.Symbol) -> int:
        """Return where in a row of numbers a symbol's is."""
        return self.rows.index(symbol)

    def numbers_of(self, f: Function, group: str) -> str:
        """Return where the numbers of a group are."""
        row = f.value(f"mul i64 {group}, {len(self.rows) + 1}")
        return f.at("double", task.pointer(f, task.NUMBERS), row)

    def factors_of(self, f: Function, group: str) -> str:
        """Return where the factors of a group are."""
        row = f.value(f"mul i64 {group}, {max(self.factors, 1)}")
        return f.at(self.kind, task.pointer(f, task.FACTORS), row)


def is_checking(program: Program) -> bool:
    """Tell whether the sums of the first phase find a gradient that is not finite."""
    if not program.phases or not program.rule.gradient_at_start:
        return False
    return not program.phases[0].writes and program.phases[0].reads_gradient


def arrays(program: Program) -> list[sp.Symbol]:
    """Return the arrays in a row of the table of addresses."""
    return [w, *program.rule.states, G, *program.rule.noises]


def numbers(program: Program, gauge: Program | None = None) -> list[sp.Symbol]:
    """Return what a row of numbers holds before the length of a step.

    Hyperparameters come first, then sums, then scalars.
    """
    phases = [*program.phases, *(gauge.phases if gauge else ())]
    totals = list(dict.fromkeys(symbol for phase in phases for symbol in phase.totals))
    scalars = list(dict.fromkeys(x.target for phase in phases for x in phase.scalars))
    read = {x for phase in phases for x in (*phase.parameters, *phase.scalar_reads)}
    own = sorted(read - {*totals, *scalars}, key=str)
    return [*own, *totals, *scalars]
