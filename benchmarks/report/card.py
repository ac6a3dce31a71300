"""What the page says about one optimizer: its note, and what its own derivation offers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from benchmarks.engine.contestant import Contestant, Hyperparameters


@dataclass(frozen=True)
class Card:
    """Texts about a contestant; empty where there is none, as for a guest."""

    name: str
    kind: str
    note: str
    claims: tuple[str, ...] = ()
    """What its step is proved to be."""
    mathml: str = ""
    latex: str = ""
    source: str = ""


def card(contestant: Contestant, chosen: Hyperparameters) -> Card:
    """The card of a contestant with these hyperparameters."""
    bare = Card(contestant.name, contestant.kind, contestant.note)
    try:
        optimizer = contestant.optimizer(chosen)
        if optimizer is None:
            return bare
        return replace(
            bare,
            claims=_claims(optimizer),
            mathml=optimizer.rule.mathml(),
            latex=optimizer.rule.latex(),
            source=optimizer.rule.source("numpy"),
        )
    except Exception as error:  # what could not be built was raced, and its card says so
        return replace(bare, claims=(f"No derivation: {type(error).__name__}: {error}",))


def _claims(optimizer: Any) -> tuple[str, ...]:
    own, hamiltonian = optimizer.reduction, optimizer.hamiltonian
    proofs = [own] if own is not None else hamiltonian.reductions() if hamiltonian else []
    return tuple(f"{p.claim} ({'proved' if p.proved else 'not proved'})" for p in proofs)
