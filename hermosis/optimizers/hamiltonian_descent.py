"""Hamiltonian descent with the power family of kinetic energies."""

from __future__ import annotations

from hermosis.derive.blueprint import Blueprint
from hermosis.model.hamiltonians import Descent
from hermosis.model.method import Hyper, Method, damped, decay_of


class HamiltonianDescent(Method):
    """X ← μX + g, w ← w − lr·∇κ(X), with κ = ((‖X‖^a + 1)^{A/a} − 1)/A.

    a = 2 and A = 1 is the relativistic system; `componentwise` with a = 4/3 converges linearly on
    quartics. Source: Maddison et al., arXiv:1809.05042, section 5.
    """

    proof = "Hamiltonian descent"
    lr: Hyper = 1e-3
    momentum: Hyper = 0.9
    a: Hyper = 2.0
    A: Hyper = 1.0
    weight_decay: Hyper = 0.0
    componentwise: bool = False

    def plan(self) -> Blueprint:
        """Return `C K D` of the power family."""
        system = Descent(componentwise=self.componentwise)
        return damped(system, "C K D", decay_of(self.weight_decay))
