"""Putting a reading together: energy, profile, metric and word, and the proof that they give it.

The engine composes its own step from them. That step and the update's are compared formula by
formula, each state in the theory's units; only what is proved equal is returned.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.algebra.symbols import (
    Component,
    L,
    U,
    X,
    averaging,
    beta,
    gamma,
    gamma_g,
    k,
    lr,
    momentum,
    parameter,
    t,
    w,
)  # fmt: skip
from derivations.identify.identity import Identity
from derivations.identify.linear import Relation
from derivations.identify.normal import normal
from derivations.identify.reading import Map
from derivations.identify.scalars import short, upright
from derivations.identify.search import Reading
from derivations.proofs.proof import Proof
from derivations.step.composition import compose
from derivations.step.parametrisation import lr_form
from derivations.step.rule import Rule
from derivations.system import energies
from derivations.system.energy import Energy
from derivations.system.metric import Metric
from derivations.system.thermal import ThermalLaw
from derivations.textbook import count

AHEAD = parameter("ahead")
#: Operations from which a side of the proof is shown as it comes.
_LONG = 150
_RELATED = "it is before the first step, when both are zero, and if before one then after it"
_BEGUN = "what the theory's state begins at, in the update's units"


@dataclass(frozen=True)
class System:
    """A Hamiltonian system: what the engine needs to compose a step."""

    energy: Energy
    law: ThermalLaw
    word: str
    parameters: dict[sp.Symbol, sp.Expr]
    overdamped: bool
    at_gradient_point: bool

    def rule(self, name: str) -> Rule:
        """Compose the step, in learning rate, momentum and averaging."""
        rule = compose(self.word, self.energy, self.law, name=name, verify=False)
        averaged = self.energy.metric is not None and averaging in self.parameters
        joint = "[" in self.word
        rule = rule.subs(lr_form(self.law, self.law.rate.has(gamma), joint, averaged))
        if self.overdamped:
            rule = rule.subs({momentum: sp.S.Zero}).forgetful()
        return rule.from_gradient_point() if self.at_gradient_point else rule


def system(found: Reading) -> System:
    """Return the Hamiltonian system of a reading."""
    law = _law(found)
    metric = _metric(found)
    energy = Energy(
        beta / k * found.kappa,
        energies.potential(L, law.weight),
        energies.thermal(U, law.rate),
    )
    if metric is not None:
        energy = energy.in_metric(metric)
    if found.decay.l2 != 0:
        energy = energy.with_l2(found.decay.l2)
    if found.decay.factor != 1:
        energy = energy.with_shrink(-sp.log(found.decay.factor))
    nesterov = is_nesterov(found)
    return System(
        energy, law, _word(found), _parameters(found), found.moment.state is None, nesterov
    )


def is_nesterov(found: Reading) -> bool:
    """Whether a look-ahead of one step is Nesterov's, of the drift before the kick."""
    classical = found.velocity.flat == X and found.measure is None
    plain = found.decay.factor == 1 and found.moment.fading.kind == "exponential"
    return classical and plain and not found.hot and found.moment.ahead == 1


def _law(found: Reading) -> ThermalLaw:
    if found.moment.state is None:
        return ThermalLaw(gamma * beta)
    law = found.moment.fading.law(hot=found.hot)
    if found.moment.weight != 0:
        weight = beta ** (1 + found.moment.weight / found.moment.fading.number)
        return ThermalLaw(law.rate, law.start, weight)
    return law


def _metric(found: Reading) -> Metric | None:
    measure = found.measure
    if measure is None:
        return None
    law = measure.fading.law(gamma_g, measure.hot)
    return Metric(measure.drives, found.velocity.tensor, law, measure.values, found.held)


def _word(found: Reading) -> str:
    moment = found.moment
    if is_nesterov(found):
        return "C (D) K D"
    joint = moment.joint or found.hot or moment.kept is not None
    kick = "K" if moment.fading.kind == "constant" else "[CK]" if joint else "C K"
    letters = [kick]
    if found.measure is not None and not found.late:
        letters.insert(0 if found.held else 1, "M")
    if moment.kept is not None:
        letters.append(f"({kick})" if moment.ahead == 1 else f"({{{AHEAD}}}{kick})")
    if found.decay.factor != 1:
        letters.append("S")
    letters.append("D")
    if found.measure is not None and found.late:
        letters.append("M")
    return " ".join(letters)


def _parameters(found: Reading) -> dict[sp.Symbol, sp.Expr]:
    """Return what the engine's learning rate, momentum and averaging are in the update's terms."""
    moment = found.moment
    rate = found.rate
    if is_nesterov(found):
        rate = rate * (1 - moment.fading.number)
    values = {lr: short(rate)}
    if moment.state is not None and moment.fading.kind in ("exponential", "hot"):
        values[momentum] = moment.fading.number
    if found.measure is not None and found.measure.fading.kind in ("exponential", "hot"):
        values[averaging] = found.measure.fading.number
    if moment.ahead is not None and moment.ahead != 1:
        values[AHEAD] = upright(moment.ahead)
    return values


def certificate(
    found: Reading,
    step: Map,
    rule: Rule,
    values: dict[sp.Symbol, sp.Expr],
    names: dict[sp.Basic, sp.Basic],
    begun: tuple[tuple[sp.Symbol, sp.Expr], ...] = (),
    relations: tuple[Relation, ...] = (),
) -> Proof:
    """Compare the engine's whole step with the update's, every state in the theory's units.

    `names` are those that the proof is written in, `begun` what states begin at besides zero,
    `relations` the states of the update that are combinations of others.
    """
    own = units(found)
    before = {old: unit.xreplace({count: count - 1}) * new for old, new, unit in own}
    derived = {
        target: value.xreplace({**values, t: count - 1})
        for target, value in rule.one_stage().items()
    }
    kept = (values.get(momentum), values.get(averaging))
    inside = tuple(dict.fromkeys(x.xreplace(names) for x in kept if x is not None and x != 0))

    earlier = tuple((x, value.xreplace(names)) for x, value in _before(own, derived).items())

    def line(target: sp.Symbol, why: str, left: sp.Expr, right: sp.Expr) -> Identity:
        left, right = (_shown(side).xreplace(names) for side in (left, right))
        claim = f"{target} after one step"
        return Identity(claim, why, left, right, fractions=inside, before=earlier)

    why = "the composed flows, against the update in the theory's units"
    if inside:
        why += f", for {', '.join(map(str, inside))} between zero and one"
    steps = [line(w, why, derived.get(w, w), step.weights.xreplace(before))]
    for old, new, unit in own:
        value = step.states[old].xreplace(before) / unit
        steps.append(line(new, _units_of(old, new, unit.xreplace(names)), derived[new], value))
    for old, new, unit in own:
        begin = dict(begun).get(new, sp.S.Zero)
        if begin != 0:
            first = (unit.xreplace({count: sp.S.Zero}) * begin, step.starts[old])
            left, right = (side.xreplace(names) for side in first)
            steps.append(Identity(f"{old.name[:-1]} before the first step", _BEGUN, left, right))
    for relation in relations:
        left, right = (_shown(x).xreplace(names) for x in (relation.after, relation.due))
        shown = relation.value.xreplace({old: sp.Symbol(old.name[:-1]) for old in step.states})
        claim = f"{relation.state.name[:-1]} is {shown.xreplace(names)} after a step"
        steps.insert(0, Identity(claim, _RELATED, left, right, fractions=inside))
    claim = f"{rule.word} of this Hamiltonian is the update, step for step"
    return Proof("identification", claim, tuple(steps))


def _before(
    own: list[tuple[sp.Symbol, sp.Symbol, sp.Expr]], derived: dict[sp.Symbol, sp.Expr]
) -> dict[sp.Symbol, sp.Expr]:
    """Write each state before the step by those after it, where it is linear in itself."""
    found: dict[sp.Symbol, sp.Expr] = {}
    for _, state, _ in own:
        keep = sp.diff(derived[state], state)
        if keep == 0 or keep.has(Component, sp.Max):
            continue
        gain = derived[state].xreplace({state: sp.S.Zero}).xreplace(found)
        after = Component(f"{state.name} after", nonnegative=state.is_nonnegative)
        found[state] = (after - gain) / keep
    return found


def _shown(side: sp.Expr) -> sp.Expr:
    """Reduce a side that is short enough to be read."""
    return normal(side) if sp.count_ops(side) < _LONG else side


def units(found: Reading) -> list[tuple[sp.Symbol, sp.Symbol, sp.Expr]]:
    """Each state before the step, the theory's symbol for it, and the one in units of the other."""
    own: list[tuple[sp.Symbol, sp.Symbol, sp.Expr]] = []
    moment = found.moment
    if moment.state is not None:
        unit = moment.scale(found.hot)
        if is_nesterov(found):
            unit = unit * (1 - moment.fading.number) / moment.fading.number
        own.append((moment.state.old, X, unit))
    if found.measure is not None:
        for state in found.states:
            own.append((state.old, state.new, found.measure.units[state.new]))
    return own


def _units_of(old: sp.Symbol, new: sp.Symbol, unit: sp.Expr) -> str:
    if unit == 1:
        return f"{old.name[:-1]} is {new}"
    return f"{old.name[:-1]} is {unit} times {new}"
