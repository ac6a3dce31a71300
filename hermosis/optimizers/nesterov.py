"""Nesterov's accelerated gradient: a kick whose gradient is taken ahead."""

from __future__ import annotations

from hermosis.derive.blueprint import Blueprint
from hermosis.model.hamiltonians import Classical
from hermosis.model.method import Hyper, Method, damped, decay_of


class Nesterov(Method):
    """X ← μX + g, w ← w − lr(g + μX): the look-ahead word `C (D) K D`, kept at its gradient point.

    The same weights as `torch.optim.SGD(lr, momentum, nesterov=True)`; the state X is μ times
    PyTorch's buffer.
    """

    proof = "Nesterov"
    lr: Hyper = 1e-3
    momentum: Hyper = 0.9
    weight_decay: Hyper = 0.0

    def plan(self) -> Blueprint:
        """Return the look-ahead word of the classical system, read where its gradient is."""
        return damped(Classical(), "C (D) K D", decay_of(self.weight_decay), at_gradient_point=True)
