"""The one table that every law runs over: Hamiltonians × words × profiles, each rule derived once.

`SAMPLE` pairs every Hamiltonian with every profile and gives each pair a word in turn, so that
each word occurs; `PRODUCT` is the rest of the full product, for the exhaustive runs marked slow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import cycle, islice, product
from math import exp
from typing import Any

import hermosis as hm
from derivations.algebra.symbols import U
from derivations.step.rule import Rule, Stage
from hermosis import integrators
from hermosis.derive.blueprint import Blueprint, HamiltonianBlueprint, of_hamiltonian
from hermosis.integrators import Integrator
from hermosis.run.optimizer import Optimizer

from .systems import HAMILTONIANS, PROFILES, Cooling

SHRINKING = ("C K S D", "S/2 C/2 D/2 K D/2 C/2 S/2", "S/2 [CK]/2 D [CK]/2 S/2")
EXPLICIT = tuple(n for n in integrators.names() if n not in ("ImplicitMidpoint", "Tao"))
WORDS = (*EXPLICIT, *SHRINKING)
#: Values of what a word itself may need: the blend of a look-ahead, how far a kick looks ahead, the
#: rate of the shrink flow.
OWN = {"alpha": 0.3, "ahead": 0.4, "weight_decay": 0.2}

#: How far the laws of convergence run, in how many steps for each order, so that errors lie
#: between the first terms of the series and rounding.
LENGTH = 0.6
STEPS = {1: (16, 32, 64), 2: (8, 16, 32), 4: (4, 8, 16), 6: (3, 6, 12), 8: (2, 4, 8)}
#: How large rounding may be, and how many more times τ is halved where two terms of the error's
#: series nearly cancel at first.
ROUNDING, MORE = 2e-13, 4


def refined(error: Callable[[int], float], order: int, margin: float) -> tuple[bool, list[float]]:
    """Halve τ until the error falls with the order; tell whether it does, and the errors."""
    steps = [*STEPS[order], *(STEPS[order][-1] << more for more in range(1, MORE + 1))]
    errors = [error(count) for count in STEPS[order]]

    def falls() -> bool:
        return errors[-1] <= errors[-2] / 2 ** (order - margin) + ROUNDING

    for count in steps[len(errors) :]:
        if falls():
            break
        errors.append(error(count))
    return falls(), errors


@dataclass(frozen=True)
class Derived(Blueprint):
    """A blueprint whose rule is derived once, whatever is built from it."""

    plan: HamiltonianBlueprint

    @property
    def has_ledger(self) -> bool:  # type: ignore[override]
        return self.plan.has_ledger

    @property
    def name(self) -> str:  # type: ignore[override]
        return self.plan.name

    def key(self) -> None:
        return None

    def rule(self) -> Rule:
        return without_ledger(derive(self.plan))

    def followed(self) -> tuple[Rule, Rule] | None:
        if not self.has_ledger:
            return None
        rule, gauge = derive(self.plan), measure(self.plan)
        return replace(rule, stages=(*gauge.stages, *rule.stages)), gauge


@cache
def derive(plan: HamiltonianBlueprint) -> Rule:
    return plan.carrying()


@cache
def measure(plan: HamiltonianBlueprint) -> Rule:
    return plan.gauge()


def without_ledger(rule: Rule) -> Rule:
    """Drop the internal energy from a rule."""
    stages = (
        Stage(each.label, tuple((x, v) for x, v in each.assignments if x != U), each.evaluates)
        for each in rule.stages
    )
    return Rule(rule.name, tuple(stage for stage in stages if stage.assignments), rule.word)


@cache
def sourced(rule: Rule, backend: str) -> Callable[..., Any]:
    """The function `step` of a rule's source, run once."""
    namespace: dict[str, Any] = {}
    exec(rule.source(backend), namespace)
    return namespace["step"]


@dataclass(frozen=True)
class Case:
    """One row: a Hamiltonian, a profile and a word, by their names."""

    hamiltonian: str
    profile: str
    word: str

    def __str__(self) -> str:
        return f"{self.hamiltonian}-{self.profile}-{self.word.replace(' ', '_')}"

    @property
    def cooling(self) -> Cooling:
        return PROFILES[self.profile]

    @property
    def shrinks(self) -> bool:
        return self.word in SHRINKING

    @cached_property
    def scheme(self) -> Integrator:
        found = integrators.resolve(self.word)
        assert isinstance(found, Integrator)
        return found

    @cached_property
    def H(self) -> hm.Hamiltonian:
        return HAMILTONIANS[self.hamiltonian](self.cooling.profile)

    @cached_property
    def plan(self) -> HamiltonianBlueprint:
        decay = "shrink" if self.shrinks else "none"
        return of_hamiltonian(self.H, self.scheme, physical=True, damped=False, decay=decay)

    @property
    def rule(self) -> Rule:
        """The step with its ledger, in the units k = h = c = 1."""
        return derive(self.plan)

    @property
    def values(self) -> dict[str, float]:
        """The hyperparameters but the length of a step."""
        return {**self.H.all_hyperparameters(), **OWN}

    def optimizer(self, tau: Any) -> Optimizer:
        """The compiled step, of length τ."""
        values = {**self.values, "tau": tau}
        return compiled(self).replaced(values)

    def mass(self, t: float) -> float:
        """β(t), with what the shrink flow adds to it since the start."""
        grown = exp(OWN["weight_decay"] * (t - self.cooling.begin)) if self.shrinks else 1.0
        return self.cooling.mass(t) * grown


@cache
def compiled(case: Case) -> Optimizer:
    """Compile a case once; copies of it share the step."""
    values = {**case.values, "tau": 1.0}
    made = Optimizer(Derived(case.plan), values, backend="numpy", hamiltonian=case.H)
    assert made.program is not None
    return made


def _pairs() -> list[Case]:
    """Give each pair of a Hamiltonian and a profile a word in turn: all words, then short ones.

    Stride and shift put the longest words where a derivation is cheapest.
    """
    pairs = list(product(HAMILTONIANS, PROFILES))
    short = [word for word in WORDS if len(integrators.resolve(word).word) <= 5]
    words = [*WORDS, *islice(cycle(short), len(pairs) - len(WORDS))]
    chosen = {pairs[(65 * i + 24) % len(pairs)]: word for i, word in enumerate(words)}
    return [Case(*pair, chosen[pair]) for pair in pairs]


SAMPLE = _pairs()
PRODUCT = [
    case
    for case in (Case(*names) for names in product(HAMILTONIANS, PROFILES, WORDS))
    if case not in SAMPLE
]
