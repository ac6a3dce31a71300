"""The metric's own states: what they average, on which profile, and in what units they are kept."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.algebra.symbols import Component, G, beta_g
from derivations.errors import NotHamiltonianError
from derivations.identify.fractions import by_degree
from derivations.identify.points import reads, same
from derivations.identify.profile import Fading, at_late_times, fading
from derivations.identify.scalars import settled, short, split, upright
from derivations.identify.states import Average, Record
from derivations.system.metric import Moments
from derivations.textbook import count


@dataclass(frozen=True)
class Measure:
    """Averages and records with one profile.

    `drives` is what each average relaxes to and `values` what each record keeps the largest of, in
    the states' own symbols; `units` is the value of each state after a step where its symbol is 1.
    """

    fading: Fading
    hot: bool
    drives: Moments
    values: Moments
    units: dict[Component, sp.Expr]

    @property
    def reads_time(self) -> int:
        """How many drives and records depend on the number of the step."""
        return sum(reads(value, (count, beta_g)) for _, value in (*self.drives, *self.values))

    def in_mass(self, expr: sp.Expr) -> sp.Expr:
        """Write the metric's thermal mass for the number of the step, where its profile has it."""
        if self.fading.kind == "power":
            return expr.xreplace({count: beta_g ** (1 / self.fading.number)})
        if self.fading.kind != "exponential":
            return expr
        mass = beta_g + 1 if self.hot else beta_g
        return expr.replace(
            lambda p: p.is_Pow and p.base == self.fading.number and p.exp.has(count),
            lambda p: self.fading.number ** (p.exp - count) / mass,
        )


def shared_fading(averages: tuple[Average, ...]) -> Fading:
    """Return the profile of all averages; raise where they have several."""
    found = [(_own(state), state) for state in averages]
    first = found[0][0]
    for other, state in found[1:]:
        if other.kind != first.kind or not same(other.number, first.number):
            raise NotHamiltonianError(
                f"the moments {found[0][1].new} and {state.new} of the metric fade at rates of "
                "their own, and a metric has one thermal profile",
                state.keep,
            )
    return first


def _own(state: Average) -> Fading:
    """The profile of one average; a sum is the average of all gradients so far, times the step."""
    own = fading(state.keep, state.new.name)
    if own.kind == "constant":
        return Fading("power", sp.S.One)
    if own.kind == "power" and own.number != 1:
        raise NotHamiltonianError(
            f"the moment {state.new} of the metric forgets as a power of time that is not one",
            state.keep,
        )
    return own


def measured(
    averages: tuple[Average, ...], records: tuple[Record, ...], faded: Fading, hot: bool
) -> Measure:
    """Write states in the units in which each relaxes to its drive at the profile's own rate."""
    units: dict[Component, sp.Expr] = {}
    drives, values = [], []
    for state in averages:
        number, drive = _drive(state)
        filled = faded.filled if hot and faded.kind == "exponential" else sp.S.One
        units[state.new] = number * filled * (count if state.keep == 1 else 1)
        drives.append((state, drive))
    new = {x: unit * x for x, unit in units.items()}
    before = {s.old: (units[s.new].xreplace({count: count - 1})) * s.new for s in averages}
    for record in records:
        number, value = split(record.value.xreplace(new))
        if reads(number, (count,)):
            number, value = sp.S.One, number * value
        units[record.new] = number
        values.append((record.new, value))
    made = Measure(
        faded, hot, tuple((s.new, d.xreplace(before)) for s, d in drives), tuple(values), units
    )
    return Measure(
        faded,
        hot,
        tuple((x, _timeless(made, d)) for x, d in made.drives),
        tuple((x, _timeless(made, v)) for x, v in made.values),
        units,
    )


def _timeless(made: Measure, value: sp.Expr) -> sp.Expr:
    if not reads(value, (count,)):
        return upright(at_late_times(value))
    return upright(made.in_mass(value))


def _drive(state: Average) -> tuple[sp.Expr, sp.Expr]:
    """Return the number and the drive of an average that relaxes to number·drive."""
    whole = state.gain if state.keep == 1 else state.gain / (1 - state.keep)
    number, drive = split(_term_by_term(by_degree(whole)))
    drive = min((drive, sp.factor(drive), sp.expand(drive)), key=sp.count_ops)
    if reads(number, (count,)):
        return sp.S.One, whole
    lead = sp.expand(drive).coeff(G, 2)
    if lead not in (0, 1) and not any(isinstance(x, Component) for x in lead.free_symbols):
        terms = (term / short(lead) for term in sp.Add.make_args(drive))
        number, drive = number * short(lead), sp.Add(*terms)
    return short(number), drive


def _term_by_term(whole: sp.Expr) -> sp.Expr:
    """Divide every term of a sum by itself, so that a square stays one."""
    top, bottom = sp.fraction(whole)
    terms = (
        sp.cancel(term / bottom) if term.is_Atom else term / bottom
        for term in sp.Add.make_args(top)
    )
    return settled(sp.Add(*terms))
