"""Which classical methods the derived steps are: both sides typed apart, and proved equal.

One side is what the engine derives from a Hamiltonian, a profile and a word; the other is
`derivations.textbook`. Every proof here is computed when it is asked for.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from types import ModuleType

from derivations.errors import DerivationError
from derivations.proofs.proof import Proof
from derivations.reductions.user import of_energy

#: The subjects that are read first; those that a further file adds follow them.
_ORDER = (
    "classical", "relativistic", "kinetic", "rest_mass", "adaptive", "geometric", "spectral",
    "ahead", "caution", "accelerated", "accuracy", "energy_balance", "lyapunov", "lion_energy",
    "volume",
)  # fmt: skip


def _place(name: str) -> tuple[int, str]:
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)


def _subjects() -> dict[str, ModuleType]:
    """Import every file here that has proofs, by its name."""
    names = sorted((found.name for found in pkgutil.iter_modules(__path__)), key=_place)
    modules = {name: importlib.import_module(f"{__name__}.{name}") for name in names}
    return {name: module for name, module in modules.items() if hasattr(module, "PROOFS")}


#: The files of proofs, in order; the first line of each says what it is about.
SUBJECTS = _subjects()
#: Each proof by the name that optimizers refer to it by.
PROOFS: dict[str, Callable[[], Proof]] = {
    name: prove for module in SUBJECTS.values() for name, prove in module.PROOFS.items()
}


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


__all__ = ["PROOFS", "SUBJECTS", "of_energy", "reduction", "reductions"]
