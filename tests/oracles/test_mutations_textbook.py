"""The textbook's side of a proof could fail: each letter of a rule, changed, is found out."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from derivations import textbook
from derivations.algebra.symbols import G
from derivations.errors import DerivationError
from derivations.reductions import PROOFS
from derivations.step.rule import Rule

#: The proofs that read a textbook rule by its name.
READ = {
    "dampening": "dampened",
    "VRAdam's braking": "braking",
    "quartic kinetic energy": "quartic",
    "Hamiltonian descent": "hamiltonian_descent",
    "RMSProp": "rmsprop",
    "RMSProp, centred": "rmsprop",
    "RMSProp, with momentum": "rmsprop",
    "RMSProp, centred, with momentum": "rmsprop",
    "Adam": "adam",
    "AdamW": "adamw",
    "AMSGrad": "adam",
    "AdaBelief": "adabelief",
    "natural gradient": "natural_gradient",
    "covariant gradient": "covariant_gradient",
    "Lion": "lion",
    "cautious masking": "cautious_momentum",
    "p-Bregman": "bregman",
}


def changes(name: str) -> dict[str, dict[sp.Expr, sp.Expr]]:
    """The sign of the gradient, each hyperparameter by a tenth, and the step by one."""
    letters = {x.name: x for x in textbook.RULES[name]().parameters}
    by_one = {"count": letters.pop("count") + 1} if "count" in letters else {}
    found = {key: {x: x * sp.Rational(11, 10)} for key, x in letters.items()}
    found |= {key: {textbook.count: value} for key, value in by_one.items()}
    return found | {"gradient": {G: -G}}


#: BrAVO's step is [CK] D to first order alone, which its clock, off by a step, does not change.
NOT_SEEN = {("p-Bregman", "count")}
CASES = [
    pytest.param(
        proof, name, change, marks=() if change in ("lr", "gradient") else pytest.mark.slow
    )
    for proof, name in READ.items()
    for change in changes(name)
    if (proof, change) not in NOT_SEEN
]


def fails(proof: str) -> bool:
    try:
        return not PROOFS[proof]().proved
    except DerivationError:
        return True


@pytest.mark.parametrize(("proof", "name", "change"), CASES)
def test_a_changed_letter_of_the_textbook_is_found(
    proof: str, name: str, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, made = textbook.RULES[name], changes(name)[change]

    def broken(**options: Any) -> Rule:
        return right(**options).subs(made)

    monkeypatch.setitem(textbook.RULES, name, broken)
    assert fails(proof)


@pytest.mark.slow
def test_the_table_says_who_reads_what(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proofs that only quote Adam for a part of another method are not in the table."""
    read: dict[str, set[str]] = {}

    def watched(name: str, right: Any) -> Any:
        def made(**options: Any) -> Rule:
            read[proof] = read.get(proof, set()) | {name}
            return right(**options)

        return made

    for name, right in textbook.RULES.items():
        monkeypatch.setitem(textbook.RULES, name, watched(name, right))
    for proof in PROOFS:  # noqa: B007
        PROOFS[proof]()
    assert {proof: {name} for proof, name in READ.items()}.items() <= read.items()
    assert set(read) - set(READ) <= {"VRAdam in the metric norm"}
