"""The terms of a Hamiltonian as symbols: what its methods state, measured by its metric."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hermosis.errors import DefinitionError

if TYPE_CHECKING:
    from derivations.system.energy import Energy
    from hermosis.model.hamiltonian import Hamiltonian


def expression(system: Hamiltonian) -> Any:
    """Return H as a SymPy expression, with a positive symbol for each parameter."""
    if system.names_metric():
        return terms(system).hamiltonian
    whole, metric = _whole(system), system.derived_metric()
    return whole if metric is None else metric.scaled(whole)


def terms(system: Hamiltonian) -> Energy:
    """Return the terms of H; raises `DefinitionError`, `EnergyError`, `NotSplitError`."""
    metric = system.derived_metric()
    if metric is None:
        return stated(system, 1)
    if not system.names_metric():
        return stated(system, 1).in_metric(metric)
    if metric.matrix is not None:
        raise DefinitionError(
            f"{type(system).__name__}.kinetic takes g, which is a matrix for the metric "
            f"{type(system.metric).__name__}; leave g out, so that κ(X) becomes κ(X/√g), or "
            "take a metric that is not full"
        )
    return stated(system, metric.tensor).with_metric(metric)


def stated(system: Hamiltonian, g: Any) -> Energy:
    """Return the terms as they are stated, with this g where the kinetic energy names it."""
    from derivations.algebra.symbols import L, U, X, beta, w
    from derivations.system.energy import Energy, split

    if system.is_whole():
        return split(_whole(system))
    return Energy(
        _asked(system, "kinetic", X, beta, *((g,) if system.names_metric() else ())),
        _asked(system, "potential", L, w, beta),
        _asked(system, "thermal", U, beta),
    )


def _whole(system: Hamiltonian) -> Any:
    from derivations.algebra.expressions import exact_expression
    from derivations.algebra.symbols import L, U, X, beta, w

    return exact_expression(_asked(system, "energy", w, X, U, beta, L), "energy")


def _asked(system: Hamiltonian, method: str, *symbols: Any) -> Any:
    """Call one of the energies with symbols; say what to do where it needs numbers."""
    twin = system.symbolic(profile=system.profile.symbolic())
    try:
        return getattr(twin, method)(*symbols)
    except (TypeError, AttributeError) as error:
        raise DefinitionError(
            f"{type(system).__name__}.{method} cannot be derived ({error}); it is called with "
            "symbols, so write it with hm.total, hm.norm2, hm.sqrt, hm.exp, hm.tanh, … and not "
            "with NumPy or math"
        ) from error
