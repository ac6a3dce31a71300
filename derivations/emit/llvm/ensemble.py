"""LLVM source for many runs at once: one loop over members, with all of a step in registers.

Members are worked on in blocks whose data stay in the cache nearest to the processor, a row for
each component of each array: `w[c]`, then the states, then what members have of their own. The
loop over the members of a block takes the gradient, does the phases of the step, component after
component, and adds up sums over the components; the compiler turns it into vector instructions.

A member goes on while its loss, its gradient and its weights are finite. Once they are not, `bad`
is NaN for good, and its weights stay as they were before that step. Every block is worked on in
full, so that no result depends on where in it a member stands.

`derivations.emit.llvm.passage` writes `@ensemble`, which brings members into a block, through all
steps, and out of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import sympy as sp

from derivations.algebra.symbols import Component, G, w
from derivations.emit.arrays.infix import Hoist
from derivations.emit.arrays.module import title
from derivations.emit.llvm import blocks, lanes, passage
from derivations.emit.program.phase import Assign, Phase, Take
from derivations.emit.program.program import program
from derivations.step.rule import Rule
from derivations.system.objective import Objective


@dataclass
class Source:
    """What the text is written from: a rule, an objective, and which numbers members have own."""

    rule: Rule
    objective: Objective
    own: tuple[str, ...]
    kind: str
    hoist: Hoist = field(default_factory=Hoist)
    used: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.phases = [self._hoisted(phase) for phase in program(self.rule).phases]
        self.totals = [symbol for phase in self.phases for symbol in phase.totals]
        late = {x: v for v, x in self.hoist.names.items() if v.free_symbols & set(self.totals)}
        inside = {x: Component(f"{x.name} sum", x.is_nonnegative) for x in self.totals}
        #: Factors of a member's sums, whose parts without sums are factors of their own.
        self.late = {x: self.hoist(v.xreplace(inside)) for x, v in late.items()}
        self.inside = inside
        early = {x: v for v, x in self.hoist.names.items() if x not in late}
        mine = {x for x, v in early.items() if {y.name for y in v.free_symbols} & set(self.own)}
        bare = self._bare() - set(early) - set(late) - set(self.totals)
        mine |= {x for x in bare if x.name in self.own}
        self.early = early
        #: Scalars that a step reads: those that are the same for all members, and the others.
        self.shared = sorted(({*early} | bare) - mine, key=str)
        self.mine = sorted(mine, key=str)

    @property
    def size(self) -> int:
        """How many components w has."""
        return len(self.objective.symbols)

    @property
    def keeps_gradient(self) -> bool:
        """Whether the gradient at the end of a step serves the next."""
        return self.rule.starts_with_gradient and self.rule.ends_with_gradient

    @property
    def arrays(self) -> list[sp.Symbol]:
        """The arrays of a member that last from step to step."""
        return [w, *self.rule.states, *([G] if self.keeps_gradient else [])]

    def row(self, array: sp.Symbol, component: int) -> int:
        """Return the row of a block in which a component of an array is."""
        return self.arrays.index(array) * self.size + component

    @property
    def bad(self) -> int:
        """The row that is NaN where a member has diverged."""
        return len(self.arrays) * self.size

    def row_of(self, scalar: sp.Symbol) -> int:
        """Return the row of a scalar that each member has of its own."""
        return self.bad + 1 + self.mine.index(scalar)

    @property
    def rows(self) -> int:
        """How many rows a block has in the precision of the weights."""
        return self.bad + 1 + len(self.mine)

    @property
    def numbers(self) -> list[str]:
        """The columns of the table of numbers: the hyperparameters by name."""
        return [symbol.name for symbol in self.rule.parameters]

    def _hoisted(self, phase: Phase) -> Phase:
        work: list[Assign | Take] = []
        for item in phase.work:
            value = self.hoist(item.value)
            if isinstance(item, Take):
                work.append(Take(item.target, value, item.label, item.norm))
            else:
                work.append(Assign(item.target, value, item.label))
        return Phase(phase.evaluates, tuple(work))

    def _bare(self) -> set[sp.Symbol]:
        values = [x.value for phase in self.phases for x in phase.work]
        values += self.late.values()
        found = set().union(*(value.free_symbols for value in values))
        return {x for x in found if not isinstance(x, Component)}


def write(rule: Rule, objective: Objective, own: tuple[str, ...] = (), kind: str = "double") -> str:
    """Write many runs of a rule on an objective as an LLVM module.

    `own` names the hyperparameters that each member has of its own. Raises `BackendError` for a
    function that LLVM does not know.
    """
    return text(Source(rule, objective, own, kind))


def text(source: Source) -> str:
    """Write the module of a source."""
    head = f"; Many runs. {title(source.rule)}"
    body = [*lanes.write(source), *passage.write(source)]
    ends = [*sorted(source.used), *blocks.metadata(source.kind)]
    return "\n\n".join([head, *body, "\n".join(ends)]) + "\n"
