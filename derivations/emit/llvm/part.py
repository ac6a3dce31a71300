"""LLVM source of one phase: its loop over a job, its factors, and what is known after it."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING

import sympy as sp

from derivations.algebra.symbols import G
from derivations.emit.arrays.infix import Hoist
from derivations.emit.llvm import finite, task
from derivations.emit.llvm.builder import Function, Variable
from derivations.emit.llvm.operations import FLAGS, Operations
from derivations.emit.program.phase import Phase, Take

if TYPE_CHECKING:
    from derivations.emit.llvm.kernel import Module

#: The scales on which the squares of a norm are summed in double precision.
_SCALES = (0, -537, 537)
_TASK, _JOBS = "ptr %task", "i64 %first, i64 %last"


class Part:
    """The functions of one phase."""

    def __init__(self, module: Module, index: int, phase: Phase, checks: bool = False) -> None:
        self.module, self.index, self.phase, self.checks = module, index, phase, checks
        self.hoist = Hoist()
        self.work = [(item, self.hoist(item.value)) for item in phase.work]
        scalars = set(phase.parameters) | set(self.hoist.names.values())
        read = set[sp.Symbol]().union(*(value.free_symbols for _, value in self.work))
        #: The numbers that the loop reads.
        self.passed = sorted(read & scalars, key=str)

    @property
    def slots(self) -> int:
        """How many numbers a job leaves behind."""
        return sum(map(self.width, self.phase.takes)) + 2 * self.checks

    def width(self, take: Take) -> int:
        """Return how many numbers a job adds to a sum, or to a norm."""
        return len(_SCALES) if take.norm and self.module.kind == "double" else 1

    def functions(self) -> list[str]:
        """Write all functions of the phase."""
        if not self.phase.work:
            return [self.add().text()]
        made = [self.block(), self.factors(), self.jobs()]
        return [f.text() for f in (*made, self.add())]

    def block(self) -> Function:
        """Write the loop over one job; what it computes is shared and stays in registers."""
        kind = self.module.kind
        head = ["i64 %count"]
        head += [f"ptr noalias %array.{k}" for k, _ in enumerate(self.phase.arrays)]
        head += [f"{kind} %factor.{k}" for k, _ in enumerate(self.passed)]
        head += ["ptr noalias %sums"] if self.slots else []
        f = Function(f"block_{self.index}", head, "i64", "noinline nounwind", internal=True)
        sums = [f.variable("double", "0.0") for _ in range(self.slots)]
        odd = f.variable(kind, "0.0")
        with f.loop("%count") as i:
            self.body(f, i, sums, odd)
        for place, total in enumerate(sums):
            f.store("double", total.get(), "%sums", place)
        wrong = f.value(f"fcmp uno {kind} {odd.get()}, 0.0")
        f.leave(f.value(f"zext i1 {wrong} to i64"))
        return f

    def body(self, f: Function, i: str, sums: list[Variable], odd: Variable) -> None:
        """Write what is done for one component of an array."""
        kind, phase = self.module.kind, self.phase
        operations = Operations(kind, self.module.used, f)
        operations.known |= {x: f"%factor.{k}" for k, x in enumerate(self.passed)}
        places = {x: f.at(kind, f"%array.{k}", i) for k, x in enumerate(phase.arrays)}
        operations.known |= {x: f.load(kind, place) for x, place in places.items()}
        free = iter(sums)
        for item, value in self.work:
            f.note(item.label)
            if isinstance(item, Take):
                self.take(item, operations.wide(value), f, free)
            else:
                operations.assign(item.target, value)
        if self.checks:
            gradient = operations.wide(G)
            for term in finite.terms(f, "double", gradient, finite.LIMITS[kind]):
                total = next(free)
                total.set(f.value(f"fadd reassoc double {total.get()}, {term}"))
        for array in phase.written if phase.writes else ():
            value = operations.value(array)
            f.store(kind, value, places[array])
            none = f.value(f"fsub {kind} {value}, {value}")
            odd.set(f.value(f"fadd reassoc {kind} {odd.get()}, {none}"))

    def take(self, item: Take, value: str, f: Function, free: Iterator[Variable]) -> None:
        """Write what a component adds to a sum; to a norm, its square on some scales."""
        for scale in _SCALES[: self.width(item)]:
            term = value
            if scale:
                term = f.value(f"fmul double {term}, {_power_of_two(scale)}")
            if item.norm:
                term = f.value(f"fmul {FLAGS} double {term}, {term}")
            total = next(free)
            total.set(f.value(f"fadd {FLAGS} double {total.get()}, {term}"))

    def factors(self) -> Function:
        """Write what the loop reads: computed once for each group, and looked at."""
        module = self.module
        f = Function(f"factors_{self.index}", [_TASK], "i64")
        odd = f.variable("double", "0.0")
        with f.loop(task.integer(f, task.GROUPS)) as group:
            row, to = module.numbers_of(f, group), module.factors_of(f, group)
            wide = Operations("double", module.used, f)
            for symbol in self.phase.parameters:
                wide.known[symbol] = f.load("double", row, module.column(symbol))
            for value, symbol in self.hoist.names.items():
                wide.known[symbol] = wide.value(value)
            for place, symbol in enumerate(self.passed):
                rounded = wide.known[symbol]
                if module.kind == "float":
                    rounded = f.value(f"fptrunc double {rounded} to float")
                f.store(module.kind, rounded, to, place)
                none = f.value(f"fsub {module.kind} {rounded}, {rounded}")
                if module.kind == "float":
                    none = f.value(f"fpext float {none} to double")
                odd.set(f.value(f"fadd double {odd.get()}, {none}"))
        wrong = f.value(f"fcmp uno double {odd.get()}, 0.0")
        f.leave(f.value(f"zext i1 {wrong} to i64"))
        return f

    def jobs(self) -> Function:
        """Write the function that does some of the jobs."""
        module, phase, kind = self.module, self.phase, self.module.kind
        f = Function(f"phase_{self.index}", [_TASK, _JOBS], "i64")
        table, jobs = task.pointer(f, task.ARRAYS), task.pointer(f, task.JOBS)
        sums = task.pointer(f, task.SUMS)
        worst = f.variable("i64", "0")
        with f.loop("%last", "%first") as job:
            at = f.at(f"[{task.JOB_WORDS} x i64]", jobs, job)
            array, begin, count, group = (f.load("i64", at, k) for k in range(task.JOB_WORDS))
            row = f.at(f"[{len(module.arrays)} x ptr]", table, array)
            given = [f"i64 {count}"]
            for symbol in phase.arrays:
                whole = f.load("ptr", row, module.arrays.index(symbol))
                given.append(f"ptr {f.at(kind, whole, begin)}")
            factors = module.factors_of(f, group)
            given += [f"{kind} {f.load(kind, factors, k)}" for k, _ in enumerate(self.passed)]
            if self.slots:
                place = f.value(f"mul i64 {job}, {self.slots}")
                given.append(f"ptr {f.at('double', sums, place)}")
            wrong = f.call(f"@block_{self.index}", given, "i64")
            worst.set(f.value(f"or i64 {worst.get()}, {wrong}"))
        f.leave(worst.get())
        return f

    def add(self) -> Function:
        """Write how sums are added up, and what happens to the scalars then."""
        module = self.module
        f = Function(f"add_{self.index}", [_TASK], "i64")
        totals = self.added(f)
        known = {take.target: self.known(f, take, totals) for take in self.phase.takes}
        self.move(f, known)
        groups = task.integer(f, task.GROUPS)
        with f.loop(groups) as group:
            row = module.numbers_of(f, group)
            for symbol, value in known.items():
                f.store("double", value, row, module.column(symbol))
        if not self.checks:
            f.leave("0")
            return f
        none, large = totals
        f.leave(finite.answer(f, none, large))
        return f

    def added(self, f: Function) -> list[str]:
        """Add up the rows of all jobs."""
        sums = task.pointer(f, task.SUMS)
        totals = [f.variable("double", "0.0") for _ in range(self.slots)]
        with f.loop(task.integer(f, task.COUNT) if totals else "0") as job:
            row = f.at("double", sums, f.value(f"mul i64 {job}, {self.slots}"))
            for place, total in enumerate(totals):
                part = f.load("double", row, place)
                total.set(f.value(f"fadd double {total.get()}, {part}"))
        return [total.get() for total in totals]

    def known(self, f: Function, take: Take, totals: list[str]) -> str:
        """Return a sum, or a norm from the scale on which nothing of it was lost."""
        own = [totals.pop(0) for _ in range(self.width(take))]
        if not take.norm:
            return own[0]
        self.module.used.add(_ROOT)
        roots = [f.call("@llvm.sqrt.f64", [f"double {square}"], "double") for square in own]
        if len(roots) == 1:
            return roots[0]
        small = f.value(f"fcmp olt double {own[0]}, {_power_of_two(-900)}")
        large = f.value(f"fcmp ogt double {own[0]}, {_power_of_two(1000)}")
        low = f.value(f"fmul double {roots[1]}, {_power_of_two(-_SCALES[1])}")
        high = f.value(f"fmul double {roots[2]}, {_power_of_two(-_SCALES[2])}")
        found = f.value(f"select i1 {small}, double {high}, double {roots[0]}")
        return f.value(f"select i1 {large}, double {low}, double {found}")

    def move(self, f: Function, known: dict[sp.Symbol, str]) -> None:
        """Write the scalars that move, as they are for the first group."""
        if not self.phase.scalars:
            return
        module = self.module
        operations = Operations("double", module.used, f)
        row = module.numbers_of(f, "0")
        for symbol in self.phase.scalar_reads:
            found = known.get(symbol)
            operations.known[symbol] = found or f.load("double", row, module.column(symbol))
        for item in self.phase.scalars:
            operations.assign(item.target, item.value)
            known[item.target] = operations.value(item.target)


#: The declaration of the root that norms are taken with.
_ROOT = "declare double @llvm.sqrt.f64(double) nounwind willreturn memory(none)"


def _power_of_two(exponent: int) -> str:
    """Write a power of two as a double."""
    return f"0x{struct.unpack('<Q', struct.pack('<d', 2.0**exponent))[0]:016X}"
