"""Sign descent: the massless limit, component by component."""

from __future__ import annotations

from hermosis.derive.blueprint import Blueprint
from hermosis.model.hamiltonians import ComponentwiseMassless
from hermosis.model.method import Hyper, Method, damped, decay_of


class SignSGD(Method):
    """X ← μX + g, w ← w − lr·sign(X): δ → ∞ of the componentwise relativistic system.

    Without momentum it is sign descent. Source: Bernstein et al., arXiv:1802.04434.
    """

    proof = "sign descent"
    lr: Hyper = 1e-3
    momentum: Hyper = 0.9
    weight_decay: Hyper = 0.0
    decoupled: bool = False

    def plan(self) -> Blueprint:
        """Return `C K D` of the componentwise massless system."""
        decay = decay_of(self.weight_decay, self.decoupled)
        return damped(ComponentwiseMassless(), "C K D", decay)
