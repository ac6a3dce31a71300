"""Covariant gradient descent, in a metric that is a function of the gradients' covariance."""

from __future__ import annotations

from hermosis import metrics
from hermosis.derive.blueprint import Blueprint
from hermosis.model.hamiltonians import Classical
from hermosis.model.method import BETAS, Hyper, Method, damped, decay_of
from hermosis.model.profiles import Exponential, HotStart


class CovariantGradient(Method):
    """½Xᵀg⁻¹X in the metric g = c₀ + c₁√κ + c₂κ of the covariance κ: `[CK] M D`.

    `flat`, `efficient` and `natural` are c₀, c₁ and c₂; with c₂ = 0 and a small c₀ the diagonal is
    Adam. `full` takes the whole covariance matrix of each array of up to 4096 numbers; `centered`
    subtracts the mean gradient; `one_root` adds the squares under one root instead. Averages have
    hot starts, but for centred ones, whose variance a hot start would begin at zero. Source:
    Guskov and Vanchurin, arXiv:2504.05279; Vanchurin, Geometric learning dynamics, equations 6.4
    and 6.5.
    """

    proof = "covariant gradient"
    lr: Hyper = 1e-3
    betas: tuple[Hyper, Hyper] = (0.9, 0.999)
    flat: Hyper = 1e-8
    efficient: Hyper = 1.0
    natural: Hyper = 0.0
    weight_decay: Hyper = 0.0
    full: bool = False
    centered: bool = False
    one_root: bool = False

    def plan(self) -> Blueprint:
        """Return `[CK] M D` of the classical system in the interpolating metric."""
        profile = Exponential() if self.centered else HotStart()
        metric = metrics.Interpolating(
            full=self.full, centered=self.centered, one_root=self.one_root, profile=profile
        )
        system = Classical(profile=profile, metric=metric)
        return damped(system, "[CK] D", decay_of(self.weight_decay), meaning=BETAS)

    def proof_of(self) -> str | None:
        """Return the name of the proof that holds for these hyperparameters."""
        return "full covariance" if self.full else self.proof
