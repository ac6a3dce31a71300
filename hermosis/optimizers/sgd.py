"""Gradient descent, the overdamped limit of cooling."""

from __future__ import annotations

from hermosis.blueprint import Blueprint
from hermosis.hamiltonians import Classical
from hermosis.method import Hyper, Method, damped, decay_of


class SGD(Method):
    """w ← w − lr·g: the limit γτ → ∞ of `[CK] D`, with lr = τc²/(γh²).

    The same numbers as `torch.optim.SGD(lr, weight_decay=…)`.

    >>> SGD(lr=0.1).rule.stages[0].assignments
    ((w, -G*lr + w),)
    """

    proof = "SGD"
    lr: Hyper = 1e-3
    weight_decay: Hyper = 0.0

    def plan(self) -> Blueprint:
        """Return the overdamped limit of the classical system."""
        return damped(Classical(), "[CK] D", decay_of(self.weight_decay), overdamped=True)
