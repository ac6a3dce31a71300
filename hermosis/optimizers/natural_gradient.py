"""Natural gradient with the empirical Fisher matrix."""

from __future__ import annotations

from hermosis import metrics
from hermosis.derive.blueprint import Blueprint
from hermosis.model.hamiltonians import Classical
from hermosis.model.method import Hyper, Method, damped, decay_of
from hermosis.model.profiles import Exponential


class NaturalGradient(Method):
    """w ← w − lr·(F + ε)⁻¹g with F = ⟨g gᵀ⟩: the overdamped limit γτ → ∞ in the metric F + ε.

    F is the running average of the empirical Fisher matrix, full over each array of up to 4096
    numbers, or its diagonal. Source: Amari, Neural Computation 10 (1998) 251; Amari, Park and
    Fukumizu, Neural Computation 12 (2000) 1399, for the average.
    """

    proof = "natural gradient"
    lr: Hyper = 1e-2
    averaging: Hyper = 0.95
    eps: Hyper = 1e-4
    weight_decay: Hyper = 0.0
    diagonal: bool = False

    def plan(self) -> Blueprint:
        """Return the overdamped limit in the metric of the Fisher matrix."""
        metric = metrics.Fisher(full=not self.diagonal, profile=Exponential())
        return damped(
            Classical(metric=metric), "[CK] D", decay_of(self.weight_decay), overdamped=True
        )

    def proof_of(self) -> str | None:
        """Return the name of the proof that holds for these hyperparameters."""
        return self.proof if self.diagonal else "full covariance"
