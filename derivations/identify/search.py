"""The search: which state is X, which are the metric's, and what kinetic energy moves the weights.

Every reading of an update is tried in turn; of those that a Hamiltonian gives, the one with a
metric of its own comes first. Where there is none, the reason of the nearest reading is raised.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import sympy as sp

from derivations.algebra.symbols import Component, G, X, beta_g
from derivations.errors import NotHamiltonianError
from derivations.identify.decay import Decay, Undecayed
from derivations.identify.fractions import by_degree
from derivations.identify.measure import Measure, measured, shared_fading
from derivations.identify.moment import Moment, moment, overdamped
from derivations.identify.points import NoValueError, evaluate, is_positive, points, reads, same
from derivations.identify.profile import at_late_times
from derivations.identify.scalars import at_ones, settled, split, upright
from derivations.identify.states import Average, Record, State, classify, force, in_new
from derivations.identify.tensor import Scaled, scaled
from derivations.identify.velocity import check_curl, is_odd, kinetic
from derivations.lazy import lazy
from derivations.textbook import count


@dataclass(frozen=True)
class Reading:
    """One reading of an update as a Hamiltonian system.

    `rate` is the learning rate, a number that may follow a schedule in the step's number; `hot`
    says that X starts hot, `late` that the metric is measured after the weights have moved, `held`
    that the metric divides the kick, so that X is a velocity.
    """

    moment: Moment
    hot: bool
    measure: Measure | None
    late: bool
    velocity: Scaled
    held: bool
    rate: sp.Expr
    decay: Decay
    states: tuple[State, ...] = ()

    @lazy
    def kappa(self) -> sp.Expr:
        """κ(X), before the metric."""
        return kinetic(self.velocity.flat)


def search(step: Undecayed) -> Reading:
    """Return the best reading of a step. Raises `NotHamiltonianError` where none is one."""
    states = classify(step.states)
    reasons: list[NotHamiltonianError] = []
    second: Reading | None = None
    for candidate, late in _candidates(step, states):
        try:
            found = _reading(step, states, candidate, late)
        except NotHamiltonianError as reason:
            reasons.append(reason)
            continue
        if found.velocity.apart:
            return found
        second = second or found
    if second is not None:
        return second
    nothing = NotHamiltonianError("no gradient was seen to move the weights", step.velocity)
    raise (reasons or [nothing])[0]


def _candidates(
    step: Undecayed, states: tuple[State, ...]
) -> Iterator[tuple[Average | None, bool]]:
    """Yield what may be X: averages of the gradient, then other averages, then the gradient."""
    averages = [s for s in states if isinstance(s, Average)]
    driven = [s for s in averages if force(s) is not None]
    pushed = [s for s in averages if s not in driven and _is_pushed(s)]
    yield from ((s, False) for s in (*driven, *pushed))
    if reads(step.velocity, (G,)):
        yield None, False
    yield from ((s, True) for s in driven)
    if reads(step.velocity, (G,)):
        yield None, True


def _is_pushed(state: Average) -> bool:
    """Whether the opposite gradient drives an average the opposite way, as it drives a moment."""
    return reads(state.gain, (G,)) and same(state.gain.xreplace({G: -G}), -state.gain)


def _reading(
    step: Undecayed, states: tuple[State, ...], chosen: Average | None, late: bool
) -> Reading:
    others = tuple(s for s in states if s is not chosen)
    if late:
        velocity = step.velocity.xreplace({s.old: s.new for s in others})
    else:
        velocity = in_new(step.velocity, others)
    held: sp.Expr = sp.S.One
    if chosen is None:
        found, velocity = overdamped(), velocity.xreplace({G: X})
    else:
        if not reads(velocity, (chosen.old,)):
            raise NotHamiltonianError(
                f"the weights do not move along the moment {chosen.new}", step.velocity
            )
        chosen, held = _freed(chosen, others)
        found, velocity = moment(chosen, velocity.xreplace({G: G / held}))
    own = _used((velocity, held), others)
    if late and not own:
        raise NotHamiltonianError("no metric is measured late")
    best = min(_in_units(found, velocity, held, own, late), key=lambda tried: tried[0])
    judged = _judged(found, best, late, step.decay)
    return replace(judged, states=own)


def _freed(chosen: Average, others: tuple[State, ...]) -> tuple[Average, sp.Expr]:
    """Take the metric out of what drives X: the kick is that of the gradient times the second."""
    if force(chosen) is not None or not chosen.gain.free_symbols & {s.old for s in others}:
        return chosen, sp.S.One
    share = in_new(chosen.gain, others) / G
    share = share if not reads(share, (G,)) else sp.S.Zero
    plain = share.xreplace({G: sp.S.One}) if share != 0 else share
    if plain == 0 or reads(plain, (chosen.old,)) or not same(plain, share):
        return chosen, sp.S.One
    number, inverse = split(settled(plain))
    return replace(chosen, gain=number * G), inverse


def _used(formulas: tuple[sp.Expr, ...], states: tuple[State, ...]) -> tuple[State, ...]:
    """The states that some formulas read, and those that these read."""
    used = [s for s in states if any(reads(formula, (s.new,)) for formula in formulas)]
    waiting = list(used)
    while waiting:
        state = waiting.pop()
        read = state.gain if isinstance(state, Average) else state.value
        more = [s for s in states if s.old in read.free_symbols and s not in used]
        used += more
        waiting += more
    return tuple(s for s in states if s in used)


def _in_units(
    found: Moment, velocity: sp.Expr, held: sp.Expr, own: tuple[State, ...], late: bool
) -> Iterator[tuple[int, bool, Measure | None, sp.Expr, sp.Expr]]:
    """Yield the velocity with X and the metric's moments corrected for their start, or not.

    The first number says how many formulas still read the number of the step.
    """
    averages = tuple(s for s in own if isinstance(s, Average))
    records = tuple(s for s in own if isinstance(s, Record))
    starts = (
        (False, True)
        if found.state is not None and found.fading.kind == "exponential"
        else (False,)
    )
    for hot in starts:
        seen = sp.S.One if found.state is None else found.seen(hot)
        moved = velocity.xreplace({X: seen * X})
        if not averages:
            if records:
                raise NotHamiltonianError(
                    f"the record {records[0].new} keeps the largest of what is no average"
                )
            yield int(reads(moved, (count,))), hot, None, moved, held
            continue
        faded = shared_fading(averages)
        driven = tuple(_driven(s, found, hot) for s in averages)
        kept = _recorded(records, driven)
        choices = (False, True) if faded.kind == "exponential" and not late else (False,)
        for corrected in choices:
            measure = measured(driven, kept, faded, corrected)
            there = moved.xreplace({x: unit * x for x, unit in measure.units.items()})
            inverse = held.xreplace({x: unit * x for x, unit in measure.units.items()})
            yield _time_in((there, inverse), measure), hot, measure, there, inverse


def _time_in(formulas: tuple[sp.Expr, ...], measure: Measure) -> int:
    """How far the number of the step is from being gone: the less, the better the units."""
    timed = [formula for formula in formulas if reads(formula, (count,))]
    left = sum(4 if reads(measure.in_mass(formula), (count,)) else 1 for formula in timed)
    return measure.reads_time + left


def _driven(state: Average, found: Moment, hot: bool) -> Average:
    """Write what drives a moment of the metric by the new X, in the theory's scale."""
    if found.state is None or not state.gain.has(found.state.old):
        return state
    new = settled(in_new(state.gain, (found.state,)))
    gain = found.mass_of(by_degree(new.xreplace({found.state.new: found.scale(hot) * X})))
    return replace(state, gain=gain)


def _recorded(records: tuple[Record, ...], averages: tuple[Average, ...]) -> tuple[Record, ...]:
    return tuple(replace(r, value=in_new(r.value, averages)) for r in records)


def _judged(
    found: Moment,
    best: tuple[int, bool, Measure | None, sp.Expr, sp.Expr],
    late: bool,
    decay: Decay,
) -> Reading:
    """Refuse a velocity that is no gradient of a kinetic energy; find that energy."""
    _, hot, measure, velocity, inverse = best
    moments = set(measure.units) | {beta_g} if measure else set()
    _check_other(velocity, moments)
    check_curl(velocity)
    velocity, schedule = _timeless(velocity, measure)
    parts = _held(velocity, inverse, measure) if inverse != 1 else scaled(velocity, moments)
    _check_downhill(parts, velocity)
    if not parts.apart and (found.state is None or not is_odd(velocity)):
        raise NotHamiltonianError(
            "the velocity mixes the moment with the other states, so that it is no gradient of a "
            "kinetic energy in a metric that is made of them",
            velocity,
        )
    if measure is not None and any(
        reads(v, (count,)) for _, v in (*measure.drives, *measure.values)
    ):
        raise NotHamiltonianError(
            "what drives the moments of the metric depends on the number of the step",
            next(v for _, v in (*measure.drives, *measure.values) if reads(v, (count,))),
        )
    rate = parts.number * schedule
    return Reading(found, hot, measure, late, parts, inverse != 1, rate, decay)


def _held(velocity: sp.Expr, inverse: sp.Expr, measure: Measure | None) -> Scaled:
    """Return a velocity whose X is a velocity already, with the metric that divides its kick."""
    assert measure is not None
    inverse, schedule = _timeless(inverse, measure)
    moments = {*measure.units, beta_g}
    parts = scaled(velocity, ())
    if schedule != 1 or reads(velocity, moments) or not is_positive(inverse, where_real=True):
        raise NotHamiltonianError(
            "one metric divides the kick of X and another scales its velocity", velocity
        )
    return replace(parts, tensor=upright(sp.together(1 / inverse)))


def _timeless(velocity: sp.Expr, measure: Measure | None) -> tuple[sp.Expr, sp.Expr]:
    """Take the number of the step out of a velocity: into the metric, or the learning rate."""
    if not reads(velocity, (count,)):
        return at_late_times(velocity), sp.S.One
    in_mass = measure.in_mass(velocity) if measure else velocity
    if not reads(in_mass, (count,)):
        return at_late_times(in_mass), sp.S.One
    for first in (_late(velocity), velocity.xreplace({count: sp.S.One})):
        if first.has(sp.nan, sp.zoo, sp.oo) or first == 0:
            continue
        ratio = velocity / first
        if not reads(ratio, (x for x in ratio.free_symbols if isinstance(x, Component))):
            return first, at_ones(ratio)
    raise NotHamiltonianError(
        "the velocity depends on the number of the step otherwise than by a factor, a learning "
        "rate that follows a schedule",
        velocity,
    )


def _late(expr: sp.Expr) -> sp.Expr:
    """Put zero for decays to the power of the step, and one for the step."""

    def forgotten(part: sp.Expr) -> sp.Expr:
        return sp.S.Zero if part.as_base_exp()[1].has(count) else part

    late = expr.replace(lambda p: isinstance(p, sp.Pow | sp.exp), forgotten)
    return late.xreplace({count: sp.S.One})


def _check_other(velocity: sp.Expr, moments: set[sp.Symbol]) -> None:
    strange = [
        x for x in velocity.free_symbols
        if isinstance(x, Component) and x != X and x not in moments and reads(velocity, (x,))
    ]  # fmt: skip
    if strange:
        raise NotHamiltonianError("the velocity reads more than X and a metric", strange[0])


def _check_downhill(parts: Scaled, velocity: sp.Expr) -> None:
    """Refuse an update that climbs: X·v < 0."""
    work = X * velocity
    for point in points(work.free_symbols):
        try:
            values = evaluate(work, point)
        except NoValueError:
            continue
        if all(value.real >= 0 for value in values):
            return
    if is_positive(-work):
        raise NotHamiltonianError(
            "the update climbs: its velocity is −∇κ of a positive kinetic energy, so it moves "
            "the weights uphill; change the sign of the gradient or of the step",
            velocity,
        )
