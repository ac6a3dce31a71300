"""RMSProp, as PyTorch states it."""

from __future__ import annotations

from hermosis.blueprint import Blueprint
from hermosis.method import Hyper, Method, written


class RMSProp(Method):
    """RMSProp, a textbook rule on the same path as every other.

    The same numbers as `torch.optim.RMSprop(lr, alpha, eps, weight_decay, centered=…)`. Source:
    Hinton, Neural networks for machine learning, lecture 6e, 2012.
    """

    lr: Hyper = 1e-2
    alpha: Hyper = 0.99
    eps: Hyper = 1e-8
    weight_decay: Hyper = 0.0
    centered: bool = False

    def plan(self) -> Blueprint:
        """Return the textbook rule."""
        return written("rmsprop", self.weight_decay, centered=self.centered)
