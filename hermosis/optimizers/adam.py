"""Adam, as its paper states it."""

from __future__ import annotations

from typing import Any

from hermosis.blueprint import Blueprint
from hermosis.method import Hyper, Method, written


class Adam(Method):
    """Adam with bias correction, a textbook rule on the same path as every other.

    The same numbers as `torch.optim.Adam(lr, betas, eps, weight_decay)`. Source: Kingma and Ba,
    arXiv:1412.6980, algorithm 1.
    """

    lr: Hyper = 1e-3
    betas: tuple[Hyper, Hyper] = (0.9, 0.999)
    eps: Hyper = 1e-8
    weight_decay: Hyper = 0.0

    def plan(self) -> Blueprint:
        """Return the textbook rule."""
        return written("adam", self.weight_decay)

    def hyperparameter_values(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return β₁ and β₂ apart."""
        first, second = values.pop("betas")
        return super().hyperparameter_values(values | {"beta_1": first, "beta_2": second})
