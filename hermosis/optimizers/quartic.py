"""Momentum with the quartic kinetic energy of its velocity."""

from __future__ import annotations

from hermosis.derive.blueprint import Blueprint
from hermosis.model.hamiltonians import Quartic as Energy
from hermosis.model.method import Hyper, Method, damped, decay_of


class Quartic(Method):
    """X ← μX + g, w ← w − lr·X/(m + β₃s²), with the speed s of β₃s³ + ms = ‖X‖.

    The kinetic energy is ½mv² + ¼β₃v⁴ in the velocity v: convex, where the braking of VRAdam is
    not. The norm is that of the whole parameter set. Source: Vaidhyanathan et al.,
    arXiv:2505.13196, section 3.
    """

    proof = "quartic kinetic energy"
    lr: Hyper = 1e-3
    momentum: Hyper = 0.9
    mass: Hyper = 1.0
    beta_3: Hyper = 1.0
    weight_decay: Hyper = 0.0

    def plan(self) -> Blueprint:
        """Return `C K D` of the quartic system."""
        return damped(Energy(), "C K D", decay_of(self.weight_decay))
