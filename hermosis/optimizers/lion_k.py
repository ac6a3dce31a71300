"""Lion-𝒦: Lion with any convex kinetic energy."""

from __future__ import annotations

from hermosis.derive.blueprint import Blueprint
from hermosis.model.hamiltonian import Hamiltonian
from hermosis.model.hamiltonians import Relativistic
from hermosis.model.method import Hyper, Method, decoupled, looking_ahead


class LionK(Method):
    """c = β₁X + (1 − β₁)g, w ← (1 − lr·λ)w − lr·∇κ(c), X ← β₂X + (1 − β₂)g.

    `kinetic` is a Hamiltonian whose κ takes the place of Lion's Σ|Xᵢ|: the relativistic one makes
    a Lion that slows down near rest. Source: Chen, Liu, Liang and Liu, arXiv:2310.05898.
    """

    proof = "Lion-K"
    kinetic: Hamiltonian = Relativistic()
    lr: Hyper = 1e-4
    betas: tuple[Hyper, Hyper] = (0.9, 0.99)
    weight_decay: Hyper = 0.0
    exact_decay: bool = False

    def plan(self) -> Blueprint:
        """Return the look-ahead kick of the given system."""
        return looking_ahead(self.kinetic, decoupled(self.weight_decay, self.exact_decay))
