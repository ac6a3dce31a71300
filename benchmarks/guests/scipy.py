"""Guests from SciPy: `scipy.optimize.minimize` behind the same counter as everyone else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scipy import optimize

from benchmarks.contestant import Hyperparameters
from benchmarks.objective import Objective
from benchmarks.parameters import Array, Parameters, ravel, unravel
from benchmarks.quantity import Quantity

GRADIENT_METHODS = ("CG", "BFGS", "L-BFGS-B", "TNC", "SLSQP")
"""Those of SciPy's methods that ask for gradients and for no Hessian."""

_LIMITS = {"L-BFGS-B": {"maxfun": 10**9}, "TNC": {"maxfun": 10**9}}
"""The harness counts the gradients; SciPy's own count must not end a run before it."""


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
        return repr((self.name, self.method, self.options))

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
                options={**options, **_LIMITS.get(self.method, {}), "maxiter": objective.budget},
                callback=lambda _: objective.step_made(),
            )
            return str(result.message)

        return minimizer


def named(name: str) -> SciPyMethod:
    """SciPy's method of that name, as it is: nothing of it is tuned."""
    return SciPyMethod(f"scipy:{name}", name, {}, {}, f"SciPy's {name}, with its own defaults.")


def names() -> tuple[str, ...]:
    """Whom SciPy can send."""
    return GRADIENT_METHODS
