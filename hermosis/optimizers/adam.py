"""Adam."""

from __future__ import annotations

from hermosis import metrics
from hermosis.derive.blueprint import Blueprint
from hermosis.model.hamiltonians import Classical
from hermosis.model.method import BETAS, Hyper, Method, damped, decay_of
from hermosis.model.profiles import HotStart


class Adam(Method):
    """½Xᵀg⁻¹X in the metric √⟨g²⟩ + ε, with hot starts: `[CK] M D`.

    The hot starts of X and of the metric are the bias corrections, exactly. The same numbers as
    `torch.optim.Adam(lr, betas, eps, weight_decay, amsgrad)`. Source: Kingma and Ba,
    arXiv:1412.6980, algorithm 1.
    """

    proof = "Adam"
    lr: Hyper = 1e-3
    betas: tuple[Hyper, Hyper] = (0.9, 0.999)
    eps: Hyper = 1e-8
    weight_decay: Hyper = 0.0
    amsgrad: bool = False

    def plan(self) -> Blueprint:
        """Return `[CK] M D` of the classical system in Adam's metric."""
        metric = metrics.Record() if self.amsgrad else metrics.RootMeanSquare()
        system = Classical(profile=HotStart(), metric=metric)
        return damped(system, "[CK] D", decay_of(self.weight_decay), meaning=BETAS)

    def proof_of(self) -> str | None:
        """Return the name of the proof that holds for these hyperparameters."""
        return "AMSGrad" if self.amsgrad else self.proof
