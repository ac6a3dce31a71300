"""Normalised descent: the massless limit, speed one whatever the momentum."""

from __future__ import annotations

from hermosis.derive.blueprint import Blueprint
from hermosis.model.hamiltonians import Massless
from hermosis.model.method import Hyper, Method, damped, decay_of


class NormalizedGD(Method):
    """X ← μX + g, w ← w − lr·X/‖X‖: δ → ∞ of the relativistic system.

    The norm is that of the whole parameter set. Source: Hazan, Levy and Shalev-Shwartz,
    arXiv:1507.02030.
    """

    proof = "normalised descent"
    lr: Hyper = 1e-3
    momentum: Hyper = 0.9
    weight_decay: Hyper = 0.0
    decoupled: bool = False

    def plan(self) -> Blueprint:
        """Return `C K D` of the massless system."""
        return damped(Massless(), "C K D", decay_of(self.weight_decay, self.decoupled))
