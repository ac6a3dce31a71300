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
from derivations.emit.arrays.infix import Hoist, name
from derivations.emit.arrays.module import title
from derivations.emit.llvm import blocks, passage
from derivations.emit.llvm.operations import Operations, quoted
from derivations.emit.program.program import Phase, program
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
        self.totals = [symbol for phase in self.phases for symbol, _ in phase.totals]
        late = {x: v for v, x in self.hoist.names.items() if v.free_symbols & set(self.totals)}
        inside = {x: Component(f"{x.name}.sum", x.is_nonnegative) for x in self.totals}
        #: Factors of a member's sums, whose parts without sums are factors of their own.
        self.late = {x: self.hoist(v.xreplace(inside)) for x, v in late.items()}
        self.inside = inside
        early = {x: v for v, x in self.hoist.names.items() if x not in late}
        mine = {x for x, v in early.items() if set(map(name, v.free_symbols)) & set(self.own)}
        bare = self._bare() - set(early) - set(late) - set(self.totals)
        mine |= {x for x in bare if name(x) in self.own}
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
        return [name(symbol) for symbol in self.rule.parameters]

    def _hoisted(self, phase: Phase) -> Phase:
        work = tuple(type(x)(x.target, self.hoist(x.value), x.label) for x in phase.work)
        totals = tuple((symbol, self.hoist(value)) for symbol, value in phase.totals)
        return Phase(phase.evaluates, work, totals)

    def _bare(self) -> set[sp.Symbol]:
        values = [x.value for phase in self.phases for x in phase.work]
        values += [value for phase in self.phases for _, value in phase.totals]
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
    body = [*_prepare(source), *_members(source)]
    body += blocks.loop(source, "lanes", ["ptr noalias %factors"], _Lanes(source).step())
    if source.keeps_gradient:
        body += blocks.loop(source, "slope", [], _Lanes(source).slope())
    body += blocks.loop(source, "value", ["ptr noalias %values"], _Lanes(source).value_at_end())
    head = [f"; Many runs. {title(source.rule)}", f"; numbers: {', '.join(source.numbers)}"]
    body += passage.write(source)
    return "\n".join([*head, *body, "", *sorted(source.used), *blocks.METADATA]) + "\n"


def _prepare(source: Source) -> list[str]:
    """Write the scalars that all members share, for all steps, in double precision, then rounded.

    The last one of a step is zero, or NaN where another is not finite.
    """
    kind = source.kind
    scalars = Operations("double", source.used)
    _read(source, scalars, set(source.shared), "%numbers")
    undefined = scalars.literal(sp.S.Zero)
    for place, symbol in enumerate(source.shared):
        value = scalars.known[symbol]
        if kind == "float":
            value = scalars.line(f"fptrunc double {value} to float")
        none = scalars.line(f"fsub {kind} {value}, {value}")
        undefined = scalars.line(f"fadd {kind} {undefined}, {none}")
        scalars.lines += blocks.factor_stored(source, place, value)
    scalars.lines += blocks.factor_stored(source, len(source.shared), undefined)
    return passage.each_step(source, scalars.lines)


def _members(source: Source) -> list[str]:
    """Write the factors that each member has of its own, in double precision, then rounded."""
    if not source.mine:
        return []
    operations = Operations("double", source.used)
    _read(source, operations, set(source.mine), "%numbers")
    for symbol in source.mine:
        value = operations.known[symbol]
        if source.kind == "float":
            value = operations.line(f"fptrunc double {value} to float")
        operations.lines += blocks.stored(source, source.row_of(symbol), value)
    return blocks.loop(source, "members", ["ptr noalias %numbers"], operations.lines)


def _read(source: Source, operations: Operations, wanted: set[sp.Symbol], table: str) -> None:
    """Write how scalars come from the table, and from what each member has of its own."""
    factors = {x: source.early[x] for x in source.early if x in wanted}
    read = (wanted - set(factors)).union(*(value.free_symbols for value in factors.values()))
    for symbol in sorted(read, key=str):
        if name(symbol) in source.own:
            place = source.own.index(name(symbol))
            operations.lines += blocks.own_number(source, place, quoted(symbol.name))
        else:
            place = source.numbers.index(name(symbol))
            at = quoted(f"{symbol.name}.at")
            operations.lines.append(f"{at} = getelementptr double, ptr {table}, i64 {place}")
            operations.lines.append(f"{quoted(symbol.name)} = load double, ptr {at}")
        operations.known[symbol] = quoted(symbol.name)
    for symbol, value in factors.items():
        operations.known[symbol] = operations.value(value)


class _Lanes:
    """Writes what happens to one member, component after component."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.operations = Operations(source.kind, source.used)  # type: ignore[arg-type]
        self.lines = self.operations.lines
        self.components = range(source.size)

    def step(self) -> list[str]:
        """Write one whole step, and whether all of it was finite."""
        source, operations = self.source, self.operations
        for array in source.arrays:
            self._load(array)
        for place, symbol in enumerate(source.shared):
            self.lines += blocks.factor(source, place, quoted(symbol.name))
            operations.known[symbol] = quoted(symbol.name)
        self.lines += blocks.factor(source, len(source.shared), "%undefined")
        for symbol in source.mine:
            operations.known[symbol] = self._loaded(source.row_of(symbol))
        before = [operations.value(self._at(w, c)) for c in self.components]
        bad = operations.line(f"fadd {source.kind} {self._loaded(source.bad)}, %undefined")
        rule = source.rule
        if (rule.gradient_at_start or rule.starts_with_gradient) and not source.keeps_gradient:
            bad = self._evaluate(bad)
        for phase in source.phases:
            if phase.evaluates:
                bad = self._evaluate(bad)
            self._phase(phase)
        after = [operations.value(self._at(w, c)) for c in self.components]
        for new in after:
            bad = self._checked(bad, new)
        good = operations.line(f"fcmp ord {source.kind} {bad}, 0.0")
        for c, (new, old) in enumerate(zip(after, before, strict=True)):
            kept = operations.line(f"select i1 {good}, {source.kind} {new}, {source.kind} {old}")
            self.lines += blocks.stored(source, source.row(w, c), kept)
        for array in source.arrays[1:]:
            for c in self.components:
                value = operations.value(self._at(array, c))
                self.lines += blocks.stored(source, source.row(array, c), value)
        self.lines += blocks.stored(source, source.bad, bad)
        return self.lines

    def slope(self) -> list[str]:
        """Write the gradient before the first step, for a rule that keeps it from step to step."""
        self._load(w)
        bad = self._evaluate(self._loaded(self.source.bad))
        for c in self.components:
            value = self.operations.value(self._at(G, c))
            self.lines += blocks.stored(self.source, self.source.row(G, c), value)
        self.lines += blocks.stored(self.source, self.source.bad, bad)
        return self.lines

    def value_at_end(self) -> list[str]:
        """Write the loss at the end, and whether it and its gradient are finite there."""
        self._load(w)
        bad = self._evaluate(self._loaded(self.source.bad))
        self.lines += blocks.stored(self.source, self.source.bad, bad)
        self.lines.append(f"%values.at = getelementptr {self.source.kind}, ptr %values, i64 %i")
        self.lines.append(blocks.store(self.source.kind, self.loss, "%values.at"))
        return self.lines

    def _phase(self, phase: Phase) -> None:
        """Write the work of a phase, and its sums over the components of a member."""
        operations = self.operations
        due = set().union(*(x.value.free_symbols for x in phase.work))
        due = due.union(*(value.free_symbols for _, value in phase.totals))
        for symbol in sorted(due & set(self.source.late), key=str):
            if symbol not in operations.known:
                operations.known[symbol] = operations.value(self.source.late[symbol])
        for item in phase.work:
            for c in self.components:
                operations.assign(self._at(item.target, c), self._of(item.value, c))
        for symbol, value in phase.totals:
            total, *others = [operations.value(self._of(value, c)) for c in self.components]
            for other in others:
                total = operations.line(f"fadd contract {self.source.kind} {total}, {other}")
            operations.known[symbol] = operations.known[self.source.inside[symbol]] = total

    def _evaluate(self, bad: str) -> str:
        """Write loss and gradient at the present weights."""
        objective, operations = self.source.objective, self.operations
        places = {x: self._at(w, c) for c, x in enumerate(objective.symbols)}
        parts, (value, *gradient) = objective.shared
        for symbol, part in parts:
            operations.assign(symbol, part.xreplace(places))
        self.loss = operations.value(value.xreplace(places))
        bad = self._checked(bad, self.loss)
        for c, slope in enumerate(gradient):
            operations.assign(self._at(G, c), slope.xreplace(places))
            bad = self._checked(bad, operations.value(self._at(G, c)))
        return bad

    def _checked(self, bad: str, value: str) -> str:
        """Add zero times a value: nothing where it is finite, NaN where it is not."""
        kind = self.source.kind
        none = self.operations.line(f"fmul contract {kind} {value}, 0.0")
        return self.operations.line(f"fadd contract {kind} {bad}, {none}")

    def _load(self, array: sp.Symbol) -> None:
        for c in self.components:
            self.operations.known[self._at(array, c)] = self._loaded(self.source.row(array, c))

    def _loaded(self, row: int) -> str:
        self.lines += blocks.loaded(self.source, row)
        return f"%row.{row}"

    def _of(self, value: sp.Expr, component: int) -> sp.Expr:
        """Write a formula of one component for a given one."""
        found = (x for x in value.free_symbols if isinstance(x, Component))
        return value.xreplace({x: self._at(x, component) for x in found})

    @staticmethod
    def _at(array: sp.Symbol, component: int) -> Component:
        return Component(f"{array.name}.{component}", array.is_nonnegative)
