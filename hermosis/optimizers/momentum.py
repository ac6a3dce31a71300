"""Momentum, in PyTorch's form."""

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


class Momentum(Method):
    """X ← μX + g, w ← w − lr·X: `C K D` of the classical system under exponential cooling.

    The same numbers as `torch.optim.SGD(lr, momentum, dampening, weight_decay, nesterov)`.
    Dampening makes the kick 1 − dampening of the gradient, from the second step on. `nesterov`
    takes the gradient ahead (`Nesterov`). `decoupled` shrinks the weights by e^(−lr·weight_decay)
    instead. Source: Polyak 1964; Sutskever et al. 2013.
    """

    proof = "momentum"
    lr: Hyper = 1e-3
    momentum: Hyper = 0.9
    dampening: Hyper = 0.0
    weight_decay: Hyper = 0.0
    nesterov: bool = False
    decoupled: bool = False

    def plan(self) -> Blueprint:
        """Return `C K D` of the classical system, or the look-ahead word."""
        decay = decay_of(self.weight_decay, self.decoupled)
        if self.nesterov:
            plain_momentum(self)
            return damped(Classical(), "C (D) K D", decay, at_gradient_point=True)
        return damped(Classical(), "C K D", decay, dampened=self._is_dampened())

    def proof_of(self) -> str | None:
        """Return the name of the proof that holds for these hyperparameters."""
        if self.nesterov:
            return "Nesterov"
        return "dampening" if self._is_dampened() else self.proof

    def _is_dampened(self) -> bool:
        """Whether the dampening has an effect: PyTorch leaves it out without momentum."""
        return not is_zero(self.dampening) and not is_zero(self.momentum)

    def hyperparameter_values(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the dampening as PyTorch has it: the first gradient counts in full."""
        dampening = AfterFirst(values["dampening"])
        return super().hyperparameter_values(values | {"dampening": dampening})
