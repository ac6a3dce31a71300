"""A guest from SciPy: `scipy.optimize.minimize` behind the same counter as everyone else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from scipy import optimize

from benchmarks.contestant import Hyperparameters, Range
from benchmarks.objective import Objective
from benchmarks.parameters import Array, Parameters, ravel, unravel


@dataclass(frozen=True)
class SciPyMethod:
    """One of SciPy's gradient methods; the searched hyperparameters are its options."""

    name: str
    method: str
    space: Mapping[str, Range]
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

            limits = {"maxiter": objective.budget, "maxfun": objective.budget + 1}
            result = optimize.minimize(
                fun, ravel(start), jac=True, method=self.method, options={**options, **limits}
            )
            return str(result.message)

        return minimizer
