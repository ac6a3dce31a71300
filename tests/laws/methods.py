"""The one table of all built-in methods, with every option of each, read off their signatures.

A method's rows are the product of its options: what is True or False, and the numbers whose zero
leaves something out of the rule. `SAMPLE` meets every pair of settings of a method, and wraps its
plainest and its fullest row in `Cautious`; `PRODUCT` is the rest.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import combinations, product
from typing import Any
from unittest import mock

from derivations.step.rule import Rule
from hermosis import optimizers
from hermosis.derive.blueprint import HamiltonianBlueprint
from hermosis.errors import HyperparameterError
from hermosis.run.optimizer import Optimizer

#: Numbers at which every rule is well conditioned; a field that is not here keeps its default.
NUMBERS: dict[str, Any] = {
    "lr": 1 / 16, "tau": 1 / 16, "momentum": 7 / 8, "betas": (0.8, 0.95), "alpha": 0.9,
    "averaging": 0.9, "eps": 1 / 8, "eps_root": 1 / 64, "flat": 1 / 8, "efficient": 3 / 4,
    "natural": 1 / 2, "beta_3": 1 / 2, "mass": 3 / 4, "delta": 2.0, "a": 2.5, "A": 1.5, "p": 3.0,
    "C": 1 / 2, "gamma": 0.3, "dampening": 1 / 4, "weight_decay": 1 / 8,
}  # fmt: skip
#: Numbers whose zero is a rule of its own, where zero is their default.
SWITCHES = ("weight_decay", "momentum", "dampening")
#: A method whose step begins with a drift, before the gradient that a mask needs.
DRIFTS_FIRST = ("Relativistic",)
CAUTIOUS = {"masked": False, "rescaled": True}

Settings = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Row:
    """A method, the settings that choose its rule, and how it is wrapped."""

    name: str
    settings: Settings
    cautious: str = ""

    def __str__(self) -> str:
        chosen = [key for key, value in self.settings if value]
        return "-".join((self.name, *chosen, *filter(None, (self.cautious,))))

    @property
    def kind(self) -> type[Optimizer]:
        return getattr(optimizers, self.name)

    def make(self, *, backend: str = "numpy", **numbers: Any) -> Optimizer:
        """The method at the numbers of the table, or at others."""
        fields = {field.name for field in dataclasses.fields(self.kind)}
        known = {name: value for name, value in NUMBERS.items() if name in fields}
        given = known | dict(self.settings) | numbers
        with mock.patch.object(HamiltonianBlueprint, "rule", _once):
            made = self.kind(backend=backend, **given)
            if not self.cautious:
                return made
            return optimizers.Cautious(made, rescale=CAUTIOUS[self.cautious])

    @cached_property
    def optimizer(self) -> Optimizer:
        return self.make()

    @property
    def rule(self) -> Rule:
        """The rule, derived once for all rows that share it."""
        return derived(self.optimizer.blueprint)

    @property
    def whole(self) -> bool:
        """Whether the rule reads arrays as matrices, each by itself."""
        return self.optimizer.program.plan.whole

    @property
    def couples(self) -> bool:
        """Whether a number of the whole set enters the step."""
        return any(phase.totals for phase in self.optimizer.program.plan.phases)


_DERIVE = HamiltonianBlueprint.rule


@cache
def derived(plan: HamiltonianBlueprint) -> Rule:
    return _DERIVE(plan)


def _once(plan: HamiltonianBlueprint, ledger: bool = False) -> Rule:
    return _DERIVE(plan, ledger) if ledger else derived(plan)


def options(kind: type[Optimizer]) -> dict[str, tuple[Any, ...]]:
    """What a method can be set to, read off its fields."""
    found: dict[str, tuple[Any, ...]] = {}
    for field in dataclasses.fields(kind):
        if isinstance(field.default, bool):
            found[field.name] = (False, True)
        elif field.name in SWITCHES and (field.default == 0 or field.name == "weight_decay"):
            found[field.name] = (0.0, NUMBERS[field.name])
    return found


def plan_of(name: str, settings: Settings) -> HamiltonianBlueprint | None:
    """The plan of some settings without deriving it; None where the method refuses them."""
    kind = getattr(optimizers, name)
    bare = object.__new__(kind)
    bare.__dict__ |= NUMBERS | {f.name: f.default for f in dataclasses.fields(kind)}
    bare.__dict__ |= dict(settings)
    try:
        return bare.plan()
    except HyperparameterError:
        return None


def rows_of(name: str) -> list[Row]:
    """Every setting of a method that has a rule of its own."""
    choices = options(getattr(optimizers, name))
    found: dict[str, Row] = {}
    for values in product(*choices.values()):
        settings = tuple(zip(choices, values, strict=True))
        plan = plan_of(name, settings)
        if plan is not None:
            key = plan.key()
            assert key is not None
            found.setdefault(key, Row(name, settings))
    return list(found.values())


def pairs_of(row: Row) -> set[Any]:
    return set(combinations(row.settings, 2)) | set(row.settings)


def covering(rows: list[Row]) -> list[Row]:
    """As few rows as a greedy choice needs to meet every pair of settings that can be met."""
    missing = set().union(*map(pairs_of, rows))
    chosen = [rows[0]]
    missing -= pairs_of(rows[0])
    while missing:
        best = max(rows, key=lambda row: len(missing & pairs_of(row)))
        chosen.append(best)
        missing -= pairs_of(best)
    return chosen


def wrapped(rows: list[Row]) -> list[Row]:
    """The plainest row masked, and the fullest rescaled; none that drifts before its gradient."""
    if rows[0].name in DRIFTS_FIRST:
        return []
    fullest = max(rows, key=lambda row: sum(bool(value) for _, value in row.settings))
    return [
        dataclasses.replace(row, cautious=kind)
        for row, kind in zip((rows[0], fullest), CAUTIOUS, strict=True)
    ]


METHODS = {name: rows_of(name) for name in optimizers.names()}
PLAIN = [row for rows in METHODS.values() for row in covering(rows)]
WRAPPED = [row for rows in METHODS.values() for row in wrapped(rows)]
SAMPLE = [*PLAIN, *WRAPPED]
PRODUCT = [
    row
    for name, rows in METHODS.items()
    for plain in rows
    for row in (plain, *(dataclasses.replace(plain, cautious=kind) for kind in CAUTIOUS))
    if row not in SAMPLE and not (row.cautious and name in DRIFTS_FIRST)
]
