"""Guests from SciPy: `scipy.optimize.minimize` behind the same counter as everyone else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scipy import optimize

from benchmarks.engine.contestant import Hyperparameters
from benchmarks.engine.objective import Objective
from benchmarks.engine.parameters import Array, Parameters, ravel, unravel
from benchmarks.engine.quantity import Quantity

ENDLESS: Mapping[str, Mapping[str, float]] = {
    "CG": {"gtol": 0.0},
    "BFGS": {"gtol": 0.0},
    "L-BFGS-B": {"ftol": 0.0, "gtol": 0.0, "maxfun": 10**9},
    "TNC": {"ftol": 0.0, "xtol": 0.0, "gtol": 0.0, "maxfun": 10**9},
    "SLSQP": {"ftol": 0.0},
}
"""A run ends by its budget: neither a tolerance nor SciPy's own count may end it before."""


@dataclass(frozen=True)
class SciPyMethod:
    """One of SciPy's gradient methods; the searched hyperparameters are its options."""

    name: str
    method: str
    space: Mapping[str, Quantity]
    options: Mapping[str, float]
    note: str
    kind: str = field(default="guest", init=False)

    @property
    def source(self) -> str:
        """What defines this guest, beside SciPy's version."""
        return repr((self.name, self.method, ENDLESS[self.method], self.options))

    def optimizer(self, chosen: Hyperparameters) -> Any | None:
        """None: a guest has no Hamiltonian."""
        return None

    def prepare(self, chosen: Hyperparameters, start: Parameters) -> Callable[[Objective], str]:
        """The minimizer: SciPy sees one vector, the problem its own structure."""
        options = {**self.options, **chosen}

        def minimizer(objective: Objective) -> str:
            def fun(vector: Array) -> tuple[float, Array]:
                value, gradient = objective(unravel(vector, start))
                return value, ravel(gradient)

            result = optimize.minimize(
                fun,
                ravel(start),
                jac=True,
                method=self.method,
                options={**ENDLESS[self.method], **options, "maxiter": objective.budget},
                callback=lambda _: objective.step_made(),
            )
            return str(result.message)

        return minimizer


def named(name: str) -> SciPyMethod:
    """SciPy's method of that name: nothing of it is tuned, and no tolerance ends it."""
    return SciPyMethod(f"scipy:{name}", name, {}, {}, f"SciPy's {name}, run to the budget's end.")


def names() -> tuple[str, ...]:
    """Whom SciPy can send: those that ask for gradients and for no Hessian."""
    return tuple(ENDLESS)
