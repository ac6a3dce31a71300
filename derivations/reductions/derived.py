"""The derived side of a reduction: a step in lr and momentum, and what it is compared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import sympy as sp

from derivations import textbook
from derivations.algebra.symbols import Component, L, U, X, averaging, beta, gamma, momentum, t, w
from derivations.proofs.proof import Step
from derivations.step.composition import compose
from derivations.step.parametrisation import lr_form
from derivations.step.rule import Rule
from derivations.system import energies, profiles
from derivations.system.energy import Energy
from derivations.system.thermal import ThermalLaw

COOLING = ThermalLaw(profiles.exponential(beta, gamma))
CONSTANT = ThermalLaw(profiles.constant(beta))
#: Cooling from an infinite temperature.
HOT = ThermalLaw(
    profiles.hot(beta, gamma, sp.S.One), sp.S.Zero, profiles.hot_weight(beta, sp.S.One)
)
#: β₁ and β₂ are the averaging factors of the moments and of the metric.
BETAS = {momentum: textbook.beta_1, averaging: textbook.beta_2}


def system(kinetic: sp.Expr, law: ThermalLaw = COOLING) -> Energy:
    """Return a kinetic energy with the potential and thermal energy of a profile."""
    return Energy(kinetic, energies.potential(L, law.weight), energies.thermal(U, law.rate))


def derived(
    word: str,
    kinetic: sp.Expr,
    law: ThermalLaw = COOLING,
    change: Callable[[Energy], Energy] = lambda energy: energy,
    cautious: str = "no",
) -> Rule:
    """Derive one step in lr, momentum and averaging; `change` adds to the energy."""
    energy = change(system(kinetic, law))
    form = lr_form(
        law, damped=law.rate.has(gamma), joint="[" in word, averaged=energy.metric is not None
    )
    return compose(word, energy, law, cautious=cautious).subs(form)


def same_step(left: Rule, right: Rule, rule: str) -> tuple[Step, ...]:
    """Compare what two rules do to every array over a whole step."""
    first, second = left.one_stage(), right.one_stage()
    targets = sorted(set(first) | set(second), key=str)
    return tuple(
        Step(
            f"{target} after one step", rule, first.get(target, target), second.get(target, target)
        )
        for target in targets
    )


@dataclass(frozen=True)
class Carried(Step):
    """What a step does to a state that the second rule keeps in another scale.

    `kept` is that state after the step, in those of the first rule.
    """

    kept: sp.Expr | None = None


def carried(
    left: Rule, right: Rule, states: dict[Component, sp.Expr], rule: str
) -> tuple[Step, ...]:
    """Compare two rules of which the second keeps the states of the first in another scale.

    `states` gives each state of the second rule in those of the first and the time t of the start
    of the step, which is count − 1.
    """
    before = {x: value.xreplace({t: textbook.count - 1}) for x, value in states.items()}
    now = {x: value.xreplace({t: textbook.count - 1}) for x, value in left.one_stage().items()}
    after = {x: value.xreplace({t: textbook.count}).xreplace(now) for x, value in states.items()}
    due = {x: value.xreplace(before) for x, value in right.one_stage().items()}
    moments = tuple(
        Carried(
            f"{target} after one step", rule, after[target], due[target],
            kept=states[target].xreplace({t: textbook.count}),
        )
        for target in states
    )  # fmt: skip
    moved, expected = _moved(left), _moved(right)
    if moved is None or expected is None:
        return *moments, Step("w after one step", rule, now[w], due[w])
    ends = {x: value.xreplace({t: textbook.count}) for x, value in states.items()}
    own = moved.xreplace({t: textbook.count - 1})
    return *moments, Step("w, by these moments", rule, own, expected.xreplace(ends))


def _moved(rule: Rule) -> sp.Expr | None:
    """Return w after a step by the moments at its end; None where other stages need the old ones.

    So it is where each stage that moves w moves nothing else, and no moment reads a moved w.
    """
    now: sp.Expr = w
    for stage in rule.stages:
        if w in stage.targets:
            if len(stage.targets) > 1:
                return None
            now = dict(stage.assignments)[w].xreplace({w: now})
        elif now != w and any(value.has(w) for _, value in stage.assignments):
            return None
    return now


CLASSICAL = energies.classical(X, beta)
