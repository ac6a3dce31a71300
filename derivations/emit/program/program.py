"""The language-free form of a rule: phases of elementwise work between sums and gradients.

A phase works on one array of a parameter set at a time. It ends where a sum over the whole set,
or a gradient at new weights, must be known before the work can go on.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.algebra.components import Sum, Total, is_component
from derivations.algebra.cubic import written_out
from derivations.algebra.matrices import (
    EIGENVALUE,
    SINGULAR_VALUE,
    Entry,
    has_matrices,
    is_entry,
)
from derivations.algebra.symbols import Component
from derivations.emit.program.names import OLD, PART, TOTAL, internal
from derivations.emit.program.norms import root_of, steady
from derivations.emit.program.phase import Assign, Phase, Take
from derivations.emit.program.waiting import waiting
from derivations.step.rule import Rule, Stage


@dataclass(frozen=True)
class Program:
    """A rule as phases; `rule` is kept for its name, states and parameters."""

    rule: Rule
    phases: tuple[Phase, ...]

    @property
    def simple(self) -> bool:
        """Whether one phase with the gradient at the start does the whole step."""
        only = self.phases[0] if len(self.phases) == 1 else None
        return only is not None and not (only.evaluates or only.totals or only.scalars)

    @property
    def has_matrices(self) -> bool:
        """Whether a step needs arrays in their own shape, since it reads them as matrices."""
        return any(has_matrices(value) for s in self.rule.stages for _, value in s.assignments)

    @property
    def segments(self) -> tuple[tuple[int, int], ...]:
        """The phases between one gradient and the next: places of the first, and after the last."""
        starts = [k for k, phase in enumerate(self.phases) if k == 0 or phase.evaluates]
        return tuple(zip(starts, [*starts[1:], len(self.phases)], strict=True))


def program(rule: Rule) -> Program:
    """Cut a rule into phases."""
    return Builder().program(rule)


class Builder:
    """Collects work, and closes a phase where a sum or a gradient forces it."""

    def __init__(self) -> None:
        self.phases: list[Phase] = []
        self.work: list[Assign | Take] = []
        self.scalars: list[Assign] = []
        self.evaluates = False
        self.count = self.shared = 0
        self.norms: set[sp.Symbol] = set()

    def program(self, rule: Rule) -> Program:
        """Cut a rule into phases."""
        for stage in waiting(rule):
            self.add(stage)
        self.close()
        return Program(rule, tuple(self.phases))

    def add(self, stage: Stage) -> None:
        """Append a stage, and end the phase before it where that is due."""
        if stage.evaluates:
            self.close()
            self.evaluates = True
        values = {x: stable(written_out(value)) for x, value in stage.assignments}
        arrays = {x: v for x, v in values.items() if isinstance(x, Component)}
        scalars = {x: v for x, v in values.items() if x not in arrays}
        known, arrays = self.with_sums(arrays, stage.label)
        for names in known:
            scalars = {x: value.xreplace(names) for x, value in scalars.items()}
        if any(v.has(item.target) for v in arrays.values() for item in self.scalars):
            self.close()  # scalars move at the end of a phase, and these arrays read them moved
        scalars = self.with_takes(scalars, stage.label)
        norms = frozenset(self.norms)
        scalars = {x: steady(value, norms) for x, value in scalars.items()}
        arrays = {x: steady(value, norms) for x, value in arrays.items()}
        self.scalars += [Assign(x, v, stage.label) for x, v in sequential(scalars)]
        for target, value in sequential(arrays):
            self.work += self.with_shared(target, value, stage.label)

    def with_shared(self, target: sp.Symbol, value: sp.Expr, label: str) -> list[Assign]:
        """Compute the parts that a value repeats once, under local names, before it."""
        dummies = sp.numbered_symbols("part", cls=sp.Dummy)
        parts, (rest,) = sp.cse([value], dummies, ignore=(EIGENVALUE, SINGULAR_VALUE))
        names: dict[sp.Expr, sp.Expr] = {}
        found = []
        for symbol, part in parts:
            part = part.xreplace(names)
            if not is_component(part):
                names[symbol] = part
                continue
            self.shared += 1
            kind = Entry if is_entry(part) else Component
            names[symbol] = kind(internal(PART, self.shared))
            found.append(Assign(names[symbol], part, label))
        return [*found, Assign(target, rest.xreplace(names), label)]

    def with_sums(
        self, values: dict[sp.Symbol, sp.Expr], label: str
    ) -> tuple[list[dict[sp.Expr, sp.Expr]], dict[sp.Symbol, sp.Expr]]:
        """Replace each sum that arrays read by a symbol that an earlier phase computes.

        Returns the replacements too, in turn: sums may stand in sums.
        """
        known: list[dict[sp.Expr, sp.Expr]] = []
        while inner := _innermost(values):
            known.append(self.sums(inner, label))
            values = {target: value.xreplace(known[-1]) for target, value in values.items()}
        return known, values

    def with_takes(self, values: dict[sp.Symbol, sp.Expr], label: str) -> dict[sp.Symbol, sp.Expr]:
        """Replace each sum that scalars alone read by a symbol that this phase computes."""
        while inner := _innermost(values):
            reads = set[sp.Symbol]().union(*(part.free_symbols for part in inner))
            late = {item.target for item in self.work if isinstance(item, Take)}
            late |= {item.target for item in self.scalars}
            if not late.isdisjoint(reads):
                self.close()  # what they read is known at the end of this phase
            takes = {part: self.take(part, label) for part in inner}
            self.work += takes.values()
            names = {part: worth(take) for part, take in takes.items()}
            values = {target: value.xreplace(names) for target, value in values.items()}
        return values

    def sums(self, parts: list[sp.Expr], label: str) -> dict[sp.Expr, sp.Expr]:
        """See to it that sums are known from here on, and return what they are then."""
        takes = {part: self.take(part, label) for part in parts}
        self.work += takes.values()
        self.close()
        return {part: worth(take) for part, take in takes.items()}

    def take(self, part: sp.Expr, label: str) -> Take:
        """Return how a sum is taken at this point, under a name of its own."""
        self.count += 1
        root = root_of(part)
        sign = True if root is not None else part.is_nonnegative
        symbol = sp.Symbol(internal(TOTAL, self.count), nonnegative=sign)
        if root is None:
            return Take(symbol, summand(part), label)
        self.norms.add(symbol)
        return Take(symbol, root, label, norm=True)

    def close(self) -> None:
        """End the phase."""
        if self.work or self.scalars:
            phase = Phase(self.evaluates, tuple(self.work), tuple(self.scalars))
            self.phases.append(phase)
            self.work, self.scalars, self.evaluates = [], [], False


def _innermost(values: dict[sp.Symbol, sp.Expr]) -> list[sp.Expr]:
    """Return the sums in some values that have no other sum in them."""
    found = {
        part
        for value in values.values()
        for part in value.atoms(Sum)
        if not any(argument.has(Sum) for argument in part.args)
    }
    return sorted(found, key=sp.default_sort_key)


def worth(take: Take) -> sp.Expr:
    """Return the sum that was taken, in its own symbol: a norm squared."""
    return take.target**2 if take.norm else take.target


def summand(part: sp.Expr) -> sp.Expr:
    """What each array adds to a sum: an expression to be summed, or a number of its own."""
    return part.args[0] if isinstance(part, Total) else part


def sequential(values: dict[sp.Symbol, sp.Expr]) -> list[tuple[sp.Symbol, sp.Expr]]:
    """Order simultaneous assignments so that each reads old values; spare copies where it cannot.

    >>> from derivations.algebra.symbols import X, w
    >>> sequential({X: X + w, w: 2 * w})
    [(X, X + w), (w, 2*w)]
    """
    left, done = dict(values), []
    while left:
        free = next(
            (x for x in left if not any(v.has(x) for y, v in left.items() if y != x)),
            None,
        )
        if free is None:
            old = next(iter(left))
            copied = internal(OLD, old.name)
            copy = type(old)(copied) if isinstance(old, Component) else sp.Symbol(copied, real=True)
            done.append((copy, old))
            left = {x: v if x == old else v.xreplace({old: copy}) for x, v in left.items()}
            continue
        done.append((free, left.pop(free)))
    return done


def stable(value: sp.Expr) -> sp.Expr:
    """Write log cosh so that it does not overflow where cosh does, and a step function by signs."""

    def rewritten(angle: sp.Expr) -> sp.Expr:
        size = sp.Abs(angle)
        return size + sp.log(1 + sp.exp(-2 * size)) - sp.log(2)

    smooth = value.replace(
        lambda part: isinstance(part, sp.log) and isinstance(part.args[0], sp.cosh),
        lambda part: rewritten(part.args[0].args[0]),
    )
    return smooth.replace(sp.Heaviside, lambda x, *_: (1 + sp.sign(x)) / 2)
