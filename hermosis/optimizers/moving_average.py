"""Momentum as a moving average of gradients."""

from __future__ import annotations

from hermosis.derive.blueprint import Blueprint
from hermosis.model.hamiltonians import Classical
from hermosis.model.method import Hyper, Method, damped, decay_of


class MovingAverage(Method):
    """X ← μX + (1 − μ)g, w ← w − lr·X: the joint flow `[CK] D`, the paper's integral form."""

    proof = "moving average"
    lr: Hyper = 1e-3
    momentum: Hyper = 0.9
    weight_decay: Hyper = 0.0
    decoupled: bool = False

    def plan(self) -> Blueprint:
        """Return `[CK] D` of the classical system."""
        return damped(Classical(), "[CK] D", decay_of(self.weight_decay, self.decoupled))
