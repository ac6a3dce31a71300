"""What a run leaves behind, step by step."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hermosis.run.ledger import Energies
from hermosis.run.parameters import ParameterSet

Series = NDArray[np.float64]


@dataclass
class Trace:
    """One entry for each step, and one for the end.

    The loss and its gradient are those of the point at which the step took the gradient; the
    energies are those at its start. Energies are None where they were not kept, and for a method
    without a Hamiltonian.

    Attributes
    ----------
    fun, grad_norm : the loss and the Euclidean norm of its gradient.
    kinetic, potential, heat : energies for each unit of thermal mass.
    energy : H itself, in units of the thermal mass at the start; conserved up to the order of the
        word. It loses its digits once the thermal mass has grown by more than 1/ε.
    drift : (H − H at the start) for each unit of the present thermal mass: the error that does
        not lose its digits.
    w : copies of the parameters, where they were asked for.
    """

    _fun: list[float] = field(default_factory=list, repr=False)
    _grad_norm: list[float] = field(default_factory=list, repr=False)
    _energies: list[Energies] = field(default_factory=list, repr=False)
    w: list[ParameterSet] = field(default_factory=list, repr=False)

    def add(self, fun: float, grad_norm: float) -> None:
        """Append a loss and the norm of its gradient."""
        self._fun.append(fun)
        self._grad_norm.append(grad_norm)

    def extend(self, fun: list[float], grad_norm: list[float]) -> None:
        """Append losses and the norms of their gradients."""
        self._fun.extend(fun)
        self._grad_norm.extend(grad_norm)

    def measure(self, energies: Energies) -> None:
        """Append the energies at the start of a step."""
        self._energies.append(energies)

    def __len__(self) -> int:
        return len(self._fun)

    @property
    def fun(self) -> Series:
        """The loss at each point."""
        return np.array(self._fun)

    @property
    def grad_norm(self) -> Series:
        """The Euclidean norm of the gradient at each point."""
        return np.array(self._grad_norm)

    @property
    def kinetic(self) -> Series | None:
        """Kinetic energy for each unit of thermal mass."""
        return self._series("kinetic")

    @property
    def potential(self) -> Series | None:
        """Potential energy for each unit of thermal mass."""
        return self._series("potential")

    @property
    def heat(self) -> Series | None:
        """Heat, U f(β), for each unit of thermal mass."""
        return self._series("heat")

    @property
    def energy(self) -> Series | None:
        """H, in units of the thermal mass at the start."""
        total, cooling = self._series("total"), self._series("cooling")
        if total is None or cooling is None:
            return None
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return np.where(cooling > 0, total / cooling, 0.0)

    @property
    def drift(self) -> Series | None:
        """The change of H since the start, for each unit of the present thermal mass."""
        total, cooling = self._series("total"), self._series("cooling")
        if total is None or cooling is None or not len(total):
            return total
        ratio = cooling / cooling[0] if cooling[0] > 0 else np.zeros_like(cooling)
        drift = total - total[0] * ratio
        drift[0] = 0.0
        return drift

    def _series(self, name: str) -> Series | None:
        if not self._energies:
            return None
        return np.array([getattr(energies, name) for energies in self._energies])
