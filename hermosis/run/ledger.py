"""The energy ledger: kinetic energy, potential energy and heat at a state, and with them H."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Energies(NamedTuple):
    """Energies for each unit of thermal mass; H is conserved where `total / cooling` is."""

    kinetic: float
    potential: float
    heat: float
    cooling: float

    @property
    def total(self) -> float:
        """Kinetic energy, potential energy and heat together."""
        return self.kinetic + self.potential + self.heat


def energies_of(measured: Sequence[float], loss: float) -> Energies:
    """Return what was measured; where no energy is defined, the loss alone."""
    if math.isnan(sum(measured)) and any(map(math.isnan, measured)):
        return Energies(0.0, loss, 0.0, 0.0)
    return Energies(*measured)


def defined(rows: NDArray[np.float64], losses: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return rows of energies, (steps, 4), with the loss alone where no energy is defined."""
    none = np.isnan(rows).any(axis=1)
    rows[none] = 0.0
    rows[none, Energies._fields.index("potential")] = losses[: len(rows)][none]
    return rows
