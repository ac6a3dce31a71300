"""AMSGrad, in PyTorch's form."""

from __future__ import annotations

from hermosis import metrics
from hermosis.derive.blueprint import Blueprint
from hermosis.model.hamiltonians import Classical
from hermosis.model.method import BETAS, Hyper, Method, damped, decay_of
from hermosis.model.profiles import HotStart


class AMSGrad(Method):
    """Adam in a metric that never shrinks: √(max⟨g²⟩) + ε.

    The same numbers as `torch.optim.Adam(lr, betas, eps, weight_decay, amsgrad=True)`. Source:
    Reddi, Kale and Kumar, arXiv:1904.09237, algorithm 2, with PyTorch's bias corrections.
    """

    proof = "AMSGrad"
    lr: Hyper = 1e-3
    betas: tuple[Hyper, Hyper] = (0.9, 0.999)
    eps: Hyper = 1e-8
    weight_decay: Hyper = 0.0

    def plan(self) -> Blueprint:
        """Return `[CK] M D` of the classical system in the largest metric yet."""
        system = Classical(profile=HotStart(), metric=metrics.Record())
        return damped(system, "[CK] D", decay_of(self.weight_decay), meaning=BETAS)
