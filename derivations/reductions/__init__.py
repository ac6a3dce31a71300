"""Which classical methods the derived steps are: both sides typed apart, and proved equal.

One side is what the engine derives from a Hamiltonian, a profile and a word; the other is
`derivations.textbook`. Every proof here is computed when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable

from derivations.errors import DerivationError
from derivations.proof import Proof
from derivations.reductions import classical, relativistic
from derivations.reductions.user import of_energy

#: Each proof by the name that optimizers refer to it by.
PROOFS: dict[str, Callable[[], Proof]] = {**classical.PROOFS, **relativistic.PROOFS}


def reductions() -> tuple[Proof, ...]:
    """Prove every reduction, in order.

    >>> all(proof.proved for proof in reductions())
    True
    """
    return tuple(prove() for prove in PROOFS.values())


def reduction(name: str) -> Proof:
    """Prove one reduction by name. Raises `DerivationError` for a name that is none."""
    if name not in PROOFS:
        raise DerivationError(f"there is no reduction {name!r}; there are {', '.join(PROOFS)}")
    return PROOFS[name]()


__all__ = ["PROOFS", "of_energy", "reduction", "reductions"]
