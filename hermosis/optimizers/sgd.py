"""Gradient descent, with the options of PyTorch's SGD."""

from __future__ import annotations

from typing import Any

from hermosis.derive.blueprint import Blueprint
from hermosis.model.hamiltonians import Classical
from hermosis.model.method import (
    AfterFirst,
    Hyper,
    Method,
    damped,
    decay_of,
    plain_momentum,
)
from hermosis.run.hyperparameters import is_zero


class SGD(Method):
    """w ← w − lr·g: the limit γτ → ∞ of `[CK] D`, with lr = τc²/(γh²); momentum on request.

    The same numbers as `torch.optim.SGD(lr, momentum, dampening, weight_decay, nesterov)`. With
    momentum it is `C K D`, and with `nesterov` the look-ahead word. Source: Robbins and Monro 1951.

    >>> SGD(lr=0.1).rule.stages[0].assignments
    ((w, -G*lr + w),)
    """

    proof = "SGD"
    lr: Hyper = 1e-3
    momentum: Hyper = 0.0
    dampening: Hyper = 0.0
    weight_decay: Hyper = 0.0
    nesterov: bool = False

    def plan(self) -> Blueprint:
        """Return the classical system: its overdamped limit, or with momentum."""
        decay = decay_of(self.weight_decay)
        if self.nesterov:
            plain_momentum(self)
            return damped(Classical(), "C (D) K D", decay, at_gradient_point=True)
        if is_zero(self.momentum):
            return damped(Classical(), "[CK] D", decay, overdamped=True)
        return damped(Classical(), "C K D", decay, dampened=not is_zero(self.dampening))

    def proof_of(self) -> str | None:
        """Return the name of the proof that holds for these hyperparameters."""
        if self.nesterov:
            return "Nesterov"
        if is_zero(self.momentum):
            return self.proof
        return "momentum" if is_zero(self.dampening) else "dampening"

    def hyperparameter_values(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the dampening as PyTorch has it: the first gradient counts in full."""
        dampening = AfterFirst(values["dampening"])
        return super().hyperparameter_values(values | {"dampening": dampening})
