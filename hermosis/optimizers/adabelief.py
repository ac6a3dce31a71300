"""AdaBelief."""

from __future__ import annotations

from hermosis import metrics
from hermosis.derive.blueprint import Blueprint
from hermosis.model.hamiltonians import Classical
from hermosis.model.method import BETAS, Hyper, Method, damped, decoupled
from hermosis.model.profiles import HotStart


class AdaBelief(Method):
    """½Xᵀg⁻¹X in the metric √⟨(g − m)²⟩ + ε, with hot starts: `[CK] M D`.

    m is the moving average at the same step. The same numbers as `optax.adabelief(lr, b1, b2, eps,
    eps_root)`; `eps_root`, added to the average at each step, is a floor of eps_root/(1 − β₂)
    under it. Weight decay is decoupled, by 1 − lr·λ or exactly. Source: Zhuang et al.,
    arXiv:2010.07468, algorithm 2.
    """

    proof = "AdaBelief"
    lr: Hyper = 1e-3
    betas: tuple[Hyper, Hyper] = (0.9, 0.999)
    eps: Hyper = 1e-16
    eps_root: Hyper = 1e-16
    weight_decay: Hyper = 0.0
    exact_decay: bool = False

    def plan(self) -> Blueprint:
        """Return `[CK] M D` of the classical system in the metric of belief."""
        system = Classical(profile=HotStart(), metric=metrics.Belief())
        meaning = (*BETAS, ("floor", "eps_root/(1 - beta_2)"))
        decay = decoupled(self.weight_decay, self.exact_decay)
        return damped(system, "[CK] D", decay, meaning=meaning)
