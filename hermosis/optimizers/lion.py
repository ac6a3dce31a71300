"""Lion: sign descent along moments that look ahead."""

from __future__ import annotations

from hermosis.derive.blueprint import Blueprint
from hermosis.model.hamiltonians import ComponentwiseMassless
from hermosis.model.method import Hyper, Method, decoupled, looking_ahead


class Lion(Method):
    """c = β₁X + (1 − β₁)g, w ← (1 − lr·λ)w − lr·sign(c), X ← β₂X + (1 − β₂)g.

    The componentwise massless system under `[CK] ({ahead}[CK]) S D`: the drift reads X carried on
    along the same kick for ahead = ln β₁/ln β₂ − 1 steps, which X then forgets. The same numbers
    as `optax.lion(lr, b1, b2, weight_decay=…)`; `exact_decay` shrinks by e^(−lr·λ). Source: Chen
    et al., arXiv:2302.06675, algorithm 2.
    """

    proof = "Lion"
    lr: Hyper = 1e-4
    betas: tuple[Hyper, Hyper] = (0.9, 0.99)
    weight_decay: Hyper = 0.0
    exact_decay: bool = False

    def plan(self) -> Blueprint:
        """Return the look-ahead kick of the componentwise massless system."""
        return looking_ahead(
            ComponentwiseMassless(), decoupled(self.weight_decay, self.exact_decay)
        )
