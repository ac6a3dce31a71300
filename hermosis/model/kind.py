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
    """Warn of a kinetic energy that is not convex along a ray from rest, and say where."""
    where = _remembered("convex", hamiltonian, _not_convex, str, numbers=_numbers(hamiltonian))
    if where:
        warnings.warn(
            f"the kinetic energy of {type(hamiltonian).__name__} is not convex {where}: a larger "
            "momentum moves the weights less there; keep the momenta below it by a smaller step, "
            "or choose a convex κ",
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


def _not_convex(hamiltonian: Hamiltonian) -> str:
    """Say where κ is not convex; nothing where it is, or where there is no κ."""
    from derivations.algebra.convexity import not_convex_beyond
    from derivations.algebra.symbols import parameter

    try:
        kappa = hamiltonian.flat_terms().kappa
    except NotSplitError:
        return ""
    numbers = {parameter(name): value for name, value in _numbers(hamiltonian).items()}
    size = None if kappa is None else not_convex_beyond(kappa, numbers)
    if size is None:
        return ""
    shown = f"{size} = " if size.free_symbols else ""
    return f"for ‖X‖ > {shown}{float(size.xreplace(numbers)):.4g}"


def _numbers(hamiltonian: Hamiltonian) -> dict[str, float]:
    """Return one number for each parameter of H; 1 for one that changes from step to step."""
    values = hamiltonian.hyperparameters().items()
    return {name: float(v) if isinstance(v, int | float) else 1.0 for name, v in values}
