"""What the states of an update are: averages of a drive, and records of the largest value yet."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.algebra.components import is_component
from derivations.algebra.symbols import Component, G, X, w
from derivations.errors import NotHamiltonianError
from derivations.identify.points import NoValueError, evaluate, points, read_among, same
from derivations.identify.reading import OLD
from derivations.identify.scalars import at_ones, ones, put, smooth

#: Letters of the theory that a moment of a metric may not be called.
_LETTERS = frozenset({w.name, X.name, G.name, "U", "L", "beta", "beta_g", "k", "h", "c"})


@dataclass(frozen=True)
class Average:
    """A state A ← keep·A + gain, where `keep` is a number and `gain` does not read A."""

    old: Component
    new: Component
    keep: sp.Expr
    gain: sp.Expr

    def back(self) -> sp.Expr:
        """The old value in terms of the new one."""
        return (self.new - self.gain) / self.keep


@dataclass(frozen=True)
class Record:
    """A state R ← max(R, value)."""

    old: Component
    new: Component
    value: sp.Expr

    def back(self) -> sp.Expr:
        """Where the old value is the larger, it is the new one."""
        return self.new


State = Average | Record


def classify(formulas: dict[Component, sp.Expr]) -> tuple[State, ...]:
    """Return every state as an average or a record; raise `NotHamiltonianError` for another."""
    return tuple(_state(old, value) for old, value in formulas.items())


def _state(old: Component, value: sp.Expr) -> State:
    name = old.name.removesuffix(OLD)
    name = f"{name}_" if name in _LETTERS else name
    largest = _largest(old, value)
    if largest is not None:
        return Record(old, Component(name, nonnegative=True), largest)
    keep = sp.diff(smooth(value), old)
    gain = put(value, {old: sp.S.Zero})
    if _arrays(keep) or not same(value, keep * old + gain):
        raise NotHamiltonianError(_reason(name, value, old), value)
    new = Component(name, nonnegative=True if _is_nonnegative(gain) else None)
    return Average(old, new, at_ones(keep), gain)


def _largest(old: Component, value: sp.Expr) -> sp.Expr | None:
    """Return e where a state becomes max(old, e), in whatever units it is kept."""
    for part in value.atoms(sp.Max):
        own = [x for x in part.args if x.has(old)]
        if len(own) != 1:
            continue
        number = 1 / ones(own[0], {old: sp.S.One})
        rest = sp.Max(*(number * x for x in part.args if x != own[0]))
        if same(value, sp.Max(old, rest)):
            return rest
    return None


def _reason(name: str, value: sp.Expr, old: Component) -> str:
    largest = (x for part in value.atoms(sp.Max, sp.Min) for x in part.args)
    if any(old in x.free_symbols and is_component(x) for x in largest):
        return (
            f"the state {name} keeps a maximum that also fades; the moments of a metric relax to "
            "their drive, or keep the largest value yet, and the moments X cool at a rate that is "
            "a number"
        )
    return (
        f"the state {name} does not relax at a rate that is a number: under H with friction its "
        "rate must be −(f(β)/β) times itself, the same for all components, plus a drive"
    )


def _is_nonnegative(gain: sp.Expr) -> bool:
    found = False
    for point in points(gain.free_symbols):
        try:
            values = evaluate(gain, point)
        except NoValueError:
            continue
        found = True
        if any(value.real < 0 or abs(value.imag) > 1e-9 for value in values):
            return False
    return found


def force(state: State) -> sp.Expr | None:
    """Return b where an average is driven by b·G alone; else None."""
    if isinstance(state, Record) or not state.gain.has(G):
        return None
    slope = sp.diff(smooth(state.gain), G)
    if _arrays(slope) or not same(state.gain, slope * G):
        return None
    return at_ones(slope)


def in_new(expr: sp.Expr, states: tuple[State, ...]) -> sp.Expr:
    """Write the new values of some states for their old ones. Raises for a cycle of states."""
    for state in states:
        if isinstance(state, Record):
            expr = _with_record(expr, state)
    for _ in range(len(states) + 1):
        own = [s for s in states if s.old in expr.free_symbols]
        if not own:
            return expr
        if any(isinstance(s, Average) and s.keep == 0 for s in own):
            break
        expr = expr.xreplace({s.old: s.back() for s in own})
    raise NotHamiltonianError(
        "the update reads values of the step before beside its averages, such as the last gradient",
        own[0].new,
    )


def _with_record(expr: sp.Expr, record: Record) -> sp.Expr:
    """Write the new record for every maximum that holds the old one."""

    def renamed(part: sp.Expr) -> sp.Expr:
        own = [x for x in part.args if record.old in x.free_symbols]
        if len(own) != 1:
            return part
        number = ones(own[0], {record.old: sp.S.One})
        known = number * sp.Max(record.old, record.value)
        return number * record.new if same(part, known) else part

    return expr.replace(lambda part: isinstance(part, sp.Max), renamed)


def _arrays(expr: sp.Expr) -> tuple[sp.Symbol, ...]:
    return read_among(expr, (x for x in expr.free_symbols if isinstance(x, Component)))
