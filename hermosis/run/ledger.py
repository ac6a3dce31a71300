"""The energy ledger: kinetic energy, potential energy and heat at a state, and with them H."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hermosis.compile.step import Step
from hermosis.run import parameters
from hermosis.run.parameters import ParameterSet
from hermosis.run.runs import Work
from hermosis.run.state import State


@dataclass(frozen=True)
class Energies:
    """Energies for each unit of thermal mass; H is conserved where `total / cooling` is."""

    kinetic: float
    potential: float
    heat: float
    cooling: float

    @property
    def total(self) -> float:
        """Kinetic energy, potential energy and heat together."""
        return self.kinetic + self.potential + self.heat


def measure(gauge: Step, w: ParameterSet, state: State, values: dict[str, Any]) -> Energies | None:
    """Run a gauge at a state; None where groups have hyperparameters of their own.

    `values` are the hyperparameters, and the loss as `L`.
    """
    if any(isinstance(value, dict | list) for value in values.values()):
        return None
    leaves, _ = parameters.flatten(w)
    views = [gauge.view(leaf) for leaf in leaves]
    own = [[gauge.view(state.arrays[n][i]) for n in gauge.states] for i in range(len(leaves))]
    result = dict.fromkeys(gauge.plan["scalars"], 0.0)
    count = len(views)
    gauge(Work(views, own, None, [[]] * count, [values] * count), {}, result)
    if any(map(np.isnan, result.values())):
        return Energies(0.0, float(values["L"]), 0.0, 0.0)
    heat = result["friction"] * state.scalars["U"]
    return Energies(result["kinetic"], result["potential"], heat, result["cooling"])
