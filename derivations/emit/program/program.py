"""The language-free form of a rule: phases of elementwise work between sums and gradients.

A phase works on one array of a parameter set at a time. It ends where a sum over the whole set,
or a gradient at new weights, must be known before the work can go on.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.algebra.components import Sum, Total, is_component
from derivations.algebra.cubic import written_out
from derivations.algebra.matrices import EIGENVALUE, SINGULAR_VALUE, Entry, has_matrices, is_entry
from derivations.algebra.symbols import Component, G
from derivations.emit.program.waiting import waiting
from derivations.step.rule import Rule, Stage

#: What the sums over a parameter set are called, before their number.
_SUM = "total_"
#: What parts that are computed once are called, before their number, and old values, at the end.
_SHARED, _OLD = "shared_", "_old"


@dataclass(frozen=True)
class Assign:
    """`target` takes `value` in each component, or once for a scalar target."""

    target: sp.Symbol
    value: sp.Expr
    label: str


@dataclass(frozen=True)
class Phase:
    """Work that needs no other array than the one at hand.

    `evaluates` asks for the gradient at w before the phase; `totals` are the sums that the phase
    leaves behind, over the whole parameter set, of an expression or of one number of each array;
    `scalars` are assigned when all its arrays are done, from totals that are known by then. A phase
    that does not write keeps what it computes to itself, and only its totals are left.
    """

    evaluates: bool
    work: tuple[Assign, ...]
    totals: tuple[tuple[sp.Symbol, sp.Expr], ...]
    scalars: tuple[Assign, ...] = ()
    writes: bool = True

    @property
    def scalar_parameters(self) -> tuple[sp.Symbol, ...]:
        """What the scalar work reads besides the values that it assigns, by name."""
        own = {item.target for item in self.scalars}
        found = set().union(*(item.value.free_symbols for item in self.scalars)) - own
        return tuple(sorted(found, key=str))

    @property
    def reads_gradient(self) -> bool:
        """Whether the phase needs the gradient."""
        return any(item.value.has(G) for item in self.work) or any(e.has(G) for _, e in self.totals)

    @property
    def parameters(self) -> tuple[sp.Symbol, ...]:
        """The scalars that the array work reads, by name."""
        values = [item.value for item in self.work] + [value for _, value in self.totals]
        found = set().union(*(value.free_symbols for value in values))
        return tuple(sorted((x for x in found if not isinstance(x, Component)), key=str))

    @property
    def locals(self) -> tuple[sp.Symbol, ...]:
        """Arrays that live only inside the phase."""
        found = (item.target for item in self.work)
        if not self.writes:
            return tuple(dict.fromkeys(found))
        return tuple(x for x in found if is_temporary(x))

    @property
    def arrays(self) -> frozenset[sp.Symbol]:
        """The arrays that the phase reads or writes."""
        values = [item.value for item in self.work] + [value for _, value in self.totals]
        found = set().union(*(value.free_symbols for value in values))
        found |= {item.target for item in self.work}
        return frozenset(x for x in found if isinstance(x, Component))


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


def program(rule: Rule) -> Program:
    """Cut a rule into phases."""
    return Builder().program(rule)


class Builder:
    """Collects work, and closes a phase where a sum or a gradient forces it."""

    def __init__(self) -> None:
        self.phases: list[Phase] = []
        self.work: list[Assign] = []
        self.scalars: list[Assign] = []
        self.evaluates = False
        self.count = self.shared = 0

    def program(self, rule: Rule) -> Program:
        """Cut a rule into phases."""
        for stage in waiting(rule):
            self.add(stage)
        self.close()
        return Program(rule, tuple(self.phases))

    def add(self, stage: Stage) -> None:
        if stage.evaluates:
            self.close()
            self.evaluates = True
        values = self.with_sums(stage)
        scalars = {x: v for x, v in values.items() if not isinstance(x, Component)}
        arrays = {x: v for x, v in values.items() if isinstance(x, Component)}
        if any(v.has(item.target) for v in arrays.values() for item in self.scalars):
            self.close()  # scalars move at the end of a phase, and these arrays read them moved
        self.scalars += [Assign(x, v, stage.label) for x, v in sequential(scalars)]
        for target, value in sequential(arrays):
            self.work += self.with_shared(target, value, stage.label)

    def with_shared(self, target: sp.Symbol, value: sp.Expr, label: str) -> list[Assign]:
        """Compute the parts that a value repeats once, under local names, before it."""
        dummies = sp.numbered_symbols("_part_", cls=sp.Dummy)
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
            names[symbol] = kind(f"{_SHARED}{self.shared}")
            found.append(Assign(names[symbol], part, label))
        return [*found, Assign(target, rest.xreplace(names), label)]

    def with_sums(self, stage: Stage) -> dict[sp.Symbol, sp.Expr]:
        """Replace each sum in a stage by a symbol that an earlier phase computes."""
        values = {target: stable(written_out(value)) for target, value in stage.assignments}
        while True:
            inner = {
                part
                for value in values.values()
                for part in value.atoms(Sum)
                if not any(argument.has(Sum) for argument in part.args)
            }
            if not inner:
                return values
            names = self.sums(sorted(inner, key=sp.default_sort_key))
            values = {target: value.xreplace(names) for target, value in values.items()}

    def sums(self, parts: list[sp.Expr]) -> dict[sp.Expr, sp.Symbol]:
        """See to it that sums are known from here on, and return their names."""
        names = {part: self.named(part) for part in parts}
        self.close(tuple((name, summand(part)) for part, name in names.items()))
        return names

    def named(self, part: sp.Expr) -> sp.Symbol:
        """Return a new name for a sum."""
        self.count += 1
        return sp.Symbol(f"{_SUM}{self.count}", nonnegative=part.is_nonnegative)

    def close(self, totals: tuple[tuple[sp.Symbol, sp.Expr], ...] = ()) -> None:
        """End the phase, after which some sums are known."""
        if self.work or totals or self.scalars:
            work, scalars = tuple(self.work), tuple(self.scalars)
            phase = Phase(self.evaluates, work, totals, scalars)
            self.phases.append(phase)
            self.work, self.scalars, self.evaluates = [], [], False


def is_temporary(symbol: sp.Symbol) -> bool:
    """Tell whether a symbol is no array of the state, but a part or an old value of one."""
    return symbol.name.startswith(_SHARED) or symbol.name.endswith(_OLD)


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
            copied = f"{old.name}{_OLD}"
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
