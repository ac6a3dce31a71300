"""LLVM source of what each member of a block does: a step, with all of it in registers.

`prepare` computes what all members share, once for each step; `members` what each has of its own;
`lanes` makes a step; `slope` takes the gradient before the first, for a rule that keeps it, and
`value` the loss after the last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sympy as sp

from derivations.algebra.symbols import Component, G, w
from derivations.emit.llvm import blocks, passage
from derivations.emit.llvm.builder import Function
from derivations.emit.llvm.operations import Operations
from derivations.emit.program.phase import Phase, Take

if TYPE_CHECKING:
    from derivations.emit.llvm.ensemble import Source


def write(source: Source) -> list[str]:
    """Write all functions of members."""
    made = [_prepare(source)]
    if source.mine:
        made.append(_members(source))
    made.append(_function(source, "lanes", "ptr noalias %factors"))
    if source.keeps_gradient:
        made.append(_function(source, "slope"))
    made.append(_function(source, "value", "ptr noalias %values"))
    return [f.text() for f in made]


def _prepare(source: Source) -> Function:
    """Write the scalars that all members share, for all steps, in double precision, then rounded.

    The last one of a step is zero, or NaN where another is not finite.
    """
    kind = source.kind
    f = Function("prepare", ["ptr noalias %table", "ptr noalias %all", "i64 %steps"])
    with f.loop("%steps") as step:
        numbers = passage.row_of(f, step, "double", "%table", len(source.numbers))
        to = passage.row_of(f, step, kind, "%all", blocks.factors(source))
        scalars = Operations("double", source.used, f)
        _read(source, scalars, set(source.shared), numbers)
        undefined = "0.0"
        for place, symbol in enumerate(source.shared):
            value = _rounded(source, f, scalars.known[symbol])
            none = f.value(f"fsub {kind} {value}, {value}")
            undefined = f.value(f"fadd {kind} {undefined}, {none}")
            f.store(kind, value, to, place)
        f.store(kind, undefined, to, len(source.shared))
    f.leave()
    return f


def _members(source: Source) -> Function:
    """Write the factors that each member has of its own, in double precision, then rounded."""
    f = blocks.lanes("members", "ptr noalias %numbers")
    with blocks.loop(source, f, "members") as lane:
        operations = Operations("double", source.used, f)
        _read(source, operations, set(source.mine), "%numbers", lane)
        for symbol in source.mine:
            lane.store(source.row_of(symbol), _rounded(source, f, operations.known[symbol]))
    f.leave()
    return f


def _rounded(source: Source, f: Function, value: str) -> str:
    """Return a double in the precision of the weights."""
    return value if source.kind == "double" else f.value(f"fptrunc double {value} to float")


def _read(
    source: Source,
    operations: Operations,
    wanted: set[sp.Symbol],
    table: str,
    lane: blocks.Lane | None = None,
) -> None:
    """Write how scalars come from the table, and from what each member has of its own."""
    factors = {x: source.early[x] for x in source.early if x in wanted}
    read = (wanted - set(factors)).union(*(value.free_symbols for value in factors.values()))
    for symbol in sorted(read, key=str):
        if lane is not None and symbol.name in source.own:
            operations.known[symbol] = lane.own(source.own.index(symbol.name))
        else:
            place = source.numbers.index(symbol.name)
            operations.known[symbol] = operations.function.load("double", table, place)
    for symbol, value in factors.items():
        operations.known[symbol] = operations.value(value)


def _function(source: Source, called: str, *arguments: str) -> Function:
    """Write one of the functions of a block that goes from member to member."""
    f = blocks.lanes(called, *arguments)
    with blocks.loop(source, f, called) as lane:
        member = _Member(source, lane)
        getattr(member, called)()
    f.leave()
    return f


class _Member:
    """Writes what one member does, component after component."""

    def __init__(self, source: Source, lane: blocks.Lane) -> None:
        self.source, self.lane, self.function = source, lane, lane.function
        self.operations = Operations(
            "double" if source.kind == "double" else "float", source.used, lane.function
        )
        self.components = range(source.size)
        self.loss = ""

    def lanes(self) -> None:
        """Write a step; a member whose numbers are not finite stays where it was."""
        source, operations, lane, f = self.source, self.operations, self.lane, self.function
        for array in source.arrays:
            self.load(array)
        for place, symbol in enumerate(source.shared):
            operations.known[symbol] = f.load(source.kind, "%factors", place)
        undefined = f.load(source.kind, "%factors", len(source.shared))
        for symbol in source.mine:
            operations.known[symbol] = lane.load(source.row_of(symbol))
        before = [operations.value(self.at(w, c)) for c in self.components]
        bad = f.value(f"fadd {source.kind} {lane.load(source.bad)}, {undefined}")
        rule = source.rule
        if (rule.gradient_at_start or rule.starts_with_gradient) and not source.keeps_gradient:
            bad = self.evaluate(bad)
        for phase in source.phases:
            if phase.evaluates:
                bad = self.evaluate(bad)
            self.phase(phase)
        after = [operations.value(self.at(w, c)) for c in self.components]
        for new in after:
            bad = self.checked(bad, new)
        good = f.value(f"fcmp ord {source.kind} {bad}, 0.0")
        for c, (new, old) in enumerate(zip(after, before, strict=True)):
            kept = f.value(f"select i1 {good}, {source.kind} {new}, {source.kind} {old}")
            lane.store(source.row(w, c), kept)
        for array in source.arrays[1:]:
            for c in self.components:
                lane.store(source.row(array, c), operations.value(self.at(array, c)))
        lane.store(source.bad, bad)

    def slope(self) -> None:
        """Write the gradient before the first step, for a rule that keeps it from step to step."""
        self.load(w)
        bad = self.evaluate(self.lane.load(self.source.bad))
        for c in self.components:
            self.lane.store(self.source.row(G, c), self.operations.value(self.at(G, c)))
        self.lane.store(self.source.bad, bad)

    def value(self) -> None:
        """Write the loss at the end, and whether it and its gradient are finite there."""
        self.load(w)
        bad = self.evaluate(self.lane.load(self.source.bad))
        self.lane.store(self.source.bad, bad)
        self.lane.write(self.loss, "%values")

    def phase(self, phase: Phase) -> None:
        """Write the work of a phase, and its sums over the components of a member."""
        operations = self.operations
        due = set[sp.Symbol]().union(*(x.value.free_symbols for x in phase.work))
        for symbol in sorted(due & set(self.source.late), key=str):
            if symbol not in operations.known:
                operations.known[symbol] = operations.value(self.source.late[symbol])
        for item in phase.work:
            if isinstance(item, Take):
                total = self.taken(item)
                operations.known[item.target] = total
                operations.known[self.source.inside[item.target]] = total
            else:
                for c in self.components:
                    operations.assign(self.at(item.target, c), self.of(item.value, c))

    def taken(self, item: Take) -> str:
        """Write a sum over components; a norm is scaled by the largest of them."""
        f, kind = self.function, self.source.kind
        parts = [self.operations.value(self.of(item.value, c)) for c in self.components]
        if not item.norm:
            return self.summed(parts)
        one = self.operations.literal(sp.S.One)
        largest, *others = map(self.operations.size, parts)
        for size in others:
            above = f.value(f"fcmp ogt {kind} {size}, {largest}")
            largest = f.value(f"select i1 {above}, {kind} {size}, {kind} {largest}")
        some = f.value(f"fcmp ogt {kind} {largest}, 0.0")
        scale = f.value(f"select i1 {some}, {kind} {largest}, {kind} {one}")
        inverse = f.value(f"fdiv {kind} {one}, {scale}")
        scaled = [f.value(f"fmul {kind} {part}, {inverse}") for part in parts]
        square = self.summed([f.value(f"fmul contract {kind} {y}, {y}") for y in scaled])
        return f.value(f"fmul {kind} {scale}, {self.operations.root(square)}")

    def summed(self, parts: list[str]) -> str:
        """Write a sum of numbers."""
        total, *others = parts
        for other in others:
            total = self.function.value(f"fadd contract {self.source.kind} {total}, {other}")
        return total

    def evaluate(self, bad: str) -> str:
        """Write loss and gradient at the present weights."""
        objective, operations = self.source.objective, self.operations
        places = {x: self.at(w, c) for c, x in enumerate(objective.symbols)}
        parts, (value, *gradient) = objective.shared
        for symbol, part in parts:
            operations.assign(symbol, part.xreplace(places))
        self.loss = operations.value(value.xreplace(places))
        bad = self.checked(bad, self.loss)
        for c, slope in enumerate(gradient):
            operations.assign(self.at(G, c), slope.xreplace(places))
            bad = self.checked(bad, operations.value(self.at(G, c)))
        return bad

    def checked(self, bad: str, value: str) -> str:
        """Add zero times a value: nothing where it is finite, NaN where it is not."""
        kind = self.source.kind
        none = self.function.value(f"fmul contract {kind} {value}, 0.0")
        return self.function.value(f"fadd contract {kind} {bad}, {none}")

    def load(self, array: sp.Symbol) -> None:
        """Read an array of this member."""
        for c in self.components:
            self.operations.known[self.at(array, c)] = self.lane.load(self.source.row(array, c))

    def of(self, value: sp.Expr, component: int) -> sp.Expr:
        """Write a formula of one component for a given one."""
        found = (x for x in value.free_symbols if isinstance(x, Component))
        return value.xreplace({x: self.at(x, component) for x in found})

    @staticmethod
    def at(array: sp.Symbol, component: int) -> Component:
        """Return the symbol of a component of an array."""
        return Component(f"{array.name} {component}", array.is_nonnegative)
