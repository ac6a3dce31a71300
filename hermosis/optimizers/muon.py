"""Muon with the exact polar factor."""

from __future__ import annotations

from hermosis.derive.blueprint import Blueprint
from hermosis.model.hamiltonians import Nuclear
from hermosis.model.method import Hyper, Method, damped, decoupled


class Muon(Method):
    """M ← μM + (1 − μ)g, w ← (1 − lr·λ)w − lr·UVᵀ, with U and V the singular vectors of M.

    UVᵀ is the gradient of the nuclear norm ‖M‖_*, the sum of the singular values: the massless
    system of matrices. `nesterov` takes it of M carried on by one more kick, μM + (1 − μ)g. An
    array is a matrix of its first axis by the rest, a vector one column. `torch.optim.Muon` has a
    polynomial in place of the exact polar factor, and scales lr by `adjust_lr_fn`. Source: Jordan
    et al. 2024, Muon; Liu et al., arXiv:2502.16982.
    """

    proof = "Muon"
    lr: Hyper = 1e-3
    momentum: Hyper = 0.95
    weight_decay: Hyper = 0.1
    nesterov: bool = True
    exact_decay: bool = False

    def plan(self) -> Blueprint:
        """Return `[CK] D` of the nuclear norm, with a look-ahead kick of one step."""
        decay = decoupled(self.weight_decay, self.exact_decay)
        word = "[CK] ([CK]) D" if self.nesterov else "[CK] D"
        return damped(Nuclear(), word, decay, at_once=self.nesterov)
