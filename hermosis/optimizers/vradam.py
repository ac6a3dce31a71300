"""VRAdam: Adam that brakes where its velocity is large."""

from __future__ import annotations

from hermosis import metrics
from hermosis.derive.blueprint import Blueprint
from hermosis.model.hamiltonians import Braking
from hermosis.model.method import BETAS, Hyper, Method, damped, decoupled
from hermosis.model.profiles import HotStart


class VRAdam(Method):
    """w ← w − lr·g⁻¹X/(1 + β₃Xᵀg⁻¹X), with Adam's metric g and hot starts.

    The paper brakes by the Euclidean norm of X in Adam's metric, which is the gradient of no
    kinetic energy; here the norm is that of the metric, and the step is derived from
    κ = log(1 + β₃Xᵀg⁻¹X)/(2β₃). That κ is not convex where the norm exceeds 1/√β₃: the velocity
    falls there. Weight decay is decoupled, at the rate of lr and not of the braked step. Source:
    Vaidhyanathan et al., arXiv:2505.13196.
    """

    proof = "VRAdam in the metric norm"
    lr: Hyper = 1e-3
    betas: tuple[Hyper, Hyper] = (0.9, 0.999)
    beta_3: Hyper = 1.0
    eps: Hyper = 1e-8
    weight_decay: Hyper = 0.0
    exact_decay: bool = False

    def plan(self) -> Blueprint:
        """Return `[CK] M D` of the braking system in Adam's metric."""
        system = Braking(profile=HotStart(), metric=metrics.RootMeanSquare())
        decay = decoupled(self.weight_decay, self.exact_decay)
        return damped(system, "[CK] D", decay, meaning=BETAS)
