"""What kind of system a Hamiltonian is, answered once for each class and then remembered."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hermosis.derive import cache
from hermosis.derive.fingerprint import fingerprint
from hermosis.errors import NonConvexKineticWarning, NotSplitError

if TYPE_CHECKING:
    from hermosis.model.hamiltonian import Hamiltonian


def can_use_lr(hamiltonian: Hamiltonian) -> bool:
    """Whether H is (β/k)[κ(X) + c²L] plus its profile, so that lr and momentum describe it.

    A metric changes nothing in that.
    """
    return bool(_remembered("conformal", hamiltonian, _is_conformal, bool))


def warn_where_not_convex(hamiltonian: Hamiltonian) -> None:
    """Warn of a kinetic energy that is not convex along a ray from rest, or not least at rest."""
    flaw = _remembered("shape", hamiltonian, _flaw, str, numbers=_numbers(hamiltonian))
    if flaw:
        warnings.warn(
            f"the kinetic energy of {type(hamiltonian).__name__} {flaw}; κ must be convex with its "
            "minimum at X = 0",
            NonConvexKineticWarning,
            stacklevel=3,
        )


def _remembered(
    what: str,
    hamiltonian: Hamiltonian,
    derive: Callable[[Hamiltonian], Any],
    kind: type,
    numbers: dict[str, float] | None = None,
) -> Any:
    """Return an answer from the cache, or derive and keep it."""
    own = fingerprint(type(hamiltonian)), fingerprint(type(hamiltonian.profile))
    options = (hamiltonian.options(), hamiltonian.profile.options(), numbers)
    key = None if None in own else repr((what, *own, options))
    found = cache.load(key) if key else None
    if not isinstance(found, kind):
        found = derive(hamiltonian)
        if key:
            cache.save(key, found)
    return found


def _is_conformal(hamiltonian: Hamiltonian) -> bool:
    from derivations.step.parametrisation import is_conformal

    try:
        return is_conformal(hamiltonian.flat_terms(), hamiltonian.profile.law())
    except NotSplitError:
        return False


def _flaw(hamiltonian: Hamiltonian) -> str:
    """Say where κ is not convex, or that it is not least at rest; nothing where all is well.

    A kinetic energy that is not (β/k)κ(X) is looked at for β = 1.
    """
    from derivations.algebra.convexity import falls_from_rest, not_convex_beyond
    from derivations.algebra.symbols import beta, c, h, k, parameter

    try:
        terms = hamiltonian.flat_terms()
    except NotSplitError:
        return ""
    kappa = terms.kappa
    if kappa is None:
        kappa = terms.kinetic.xreplace(dict.fromkeys((beta, k, h, c), 1))
    numbers = {parameter(name): value for name, value in _numbers(hamiltonian).items()}
    slope = falls_from_rest(kappa, numbers)
    if slope is not None:
        return "is not least at X = 0, but falls from there: weights at rest would drift"
    size = not_convex_beyond(kappa, numbers)
    if size is None:
        return ""
    shown = f"{size} = " if size.free_symbols else ""
    return (
        f"is not convex for ‖X‖ > {shown}{float(size.xreplace(numbers)):.4g}: a larger momentum "
        "moves the weights less there; keep the momenta below it by a smaller step"
    )


def _numbers(hamiltonian: Hamiltonian) -> dict[str, float]:
    """Return one number for each parameter of H; 1 for one that changes from step to step."""
    values = hamiltonian.hyperparameters().items()
    return {name: float(v) if isinstance(v, int | float) else 1.0 for name, v in values}
