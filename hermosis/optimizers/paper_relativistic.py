"""The paper's own relativistic system."""

from __future__ import annotations

from hermosis.derive.blueprint import Blueprint, of_hamiltonian
from hermosis.model.hamiltonians import PaperRelativistic as Energy
from hermosis.model.method import Hyper, Method
from hermosis.model.profiles import Exponential


class PaperRelativistic(Method):
    """The paper's own relativistic system under exponential cooling, in steps of the time `tau`.

    Its velocity limit 1/β falls with cooling, so that learning stops: the reason to put β outside
    the root, as `Relativistic` does. Units k = h = c = 1.
    """

    proof = "cooling stalls the paper's relativistic form"
    tau: Hyper = 1e-2
    gamma: Hyper = 0.1

    def plan(self) -> Blueprint:
        """Return `C K D` of the paper's relativistic system in its physical form."""
        return of_hamiltonian(Energy(profile=Exponential()), "C K D", physical=True)
