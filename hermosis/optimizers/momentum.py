"""Momentum, in PyTorch's form and as a moving average."""

from __future__ import annotations

from hermosis.blueprint import Blueprint
from hermosis.hamiltonians import Classical
from hermosis.method import Hyper, Method, damped, decay_of


class Momentum(Method):
    """X ← μX + g, w ← w − lr·X: `C K D` of the classical system under exponential cooling.

    The same numbers as `torch.optim.SGD(lr, momentum, weight_decay=…)`. `decoupled` shrinks the
    weights by e^(−lr·weight_decay) instead.
    """

    proof = "momentum"
    lr: Hyper = 1e-3
    momentum: Hyper = 0.9
    weight_decay: Hyper = 0.0
    decoupled: bool = False

    def plan(self) -> Blueprint:
        """Return `C K D` of the classical system."""
        return damped(Classical(), "C K D", decay_of(self.weight_decay, self.decoupled))


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
