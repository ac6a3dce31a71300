"""The derived side of a reduction: a step in lr and momentum, and what it is compared with."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from derivations import energies
from derivations.composition import compose
from derivations.energy import Energy
from derivations.parametrisation import lr_form
from derivations.proof import Step
from derivations.rule import Rule
from derivations.symbols import L, U, X, beta, gamma
from derivations.thermal import ThermalLaw

COOLING = ThermalLaw(gamma * beta)
CONSTANT = ThermalLaw(sp.S.Zero)


def system(kinetic: sp.Expr, law: ThermalLaw = COOLING) -> Energy:
    """Return a kinetic energy with the potential and thermal energy of a profile."""
    return Energy(kinetic, energies.potential(L, law.weight), energies.thermal(U, law.rate))


def derived(
    word: str,
    kinetic: sp.Expr,
    law: ThermalLaw = COOLING,
    change: Callable[[Energy], Energy] = lambda energy: energy,
) -> Rule:
    """Derive one step in lr and momentum; `change` adds weight decay to the energy."""
    energy = change(system(kinetic, law))
    form = lr_form(law, damped=law.rate.has(gamma), joint="[" in word)
    return compose(word, energy, law).subs(form)


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


CLASSICAL = energies.classical(X, beta)
