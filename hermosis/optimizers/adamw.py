"""Adam with decoupled weight decay."""

from __future__ import annotations

from hermosis import metrics
from hermosis.derive.blueprint import Blueprint
from hermosis.model.hamiltonians import Classical
from hermosis.model.method import BETAS, Hyper, Method, damped, decoupled
from hermosis.model.profiles import HotStart


class AdamW(Method):
    """Adam whose weights shrink by the flow of X·w: `[CK] M S D`.

    The same numbers as `torch.optim.AdamW(lr, betas, eps, weight_decay, amsgrad)`, which shrinks
    by 1 − lr·λ; `exact_decay` shrinks by e^(−lr·λ), of which that is the first order. Source:
    Loshchilov and Hutter, arXiv:1711.05101, algorithm 2.
    """

    proof = "AdamW"
    lr: Hyper = 1e-3
    betas: tuple[Hyper, Hyper] = (0.9, 0.999)
    eps: Hyper = 1e-8
    weight_decay: Hyper = 1e-2
    amsgrad: bool = False
    exact_decay: bool = False

    def plan(self) -> Blueprint:
        """Return `[CK] M S D` of the classical system in Adam's metric."""
        metric = metrics.Record() if self.amsgrad else metrics.RootMeanSquare()
        system = Classical(profile=HotStart(), metric=metric)
        decay = decoupled(self.weight_decay, self.exact_decay)
        return damped(system, "[CK] D", decay, meaning=BETAS)
