"""RMSProp, in PyTorch's form."""

from __future__ import annotations

from hermosis import metrics
from hermosis.derive.blueprint import Blueprint
from hermosis.model.hamiltonians import Classical
from hermosis.model.method import Hyper, Method, damped, decay_of
from hermosis.model.profiles import Exponential
from hermosis.run.hyperparameters import is_zero


class RMSProp(Method):
    """w ← w − lr·g/(√V + ε): the overdamped limit γτ → ∞ in the metric √⟨g²⟩ + ε.

    The same numbers as `torch.optim.RMSprop(lr, alpha, eps, weight_decay, momentum, centered)`.
    Centred, the metric is the deviation √(⟨g²⟩ − ⟨g⟩²) + ε. With momentum, X averages the natural
    gradient and is a velocity. Source: Hinton, Neural networks for machine learning, lecture 6e.
    """

    proof = "RMSProp"
    lr: Hyper = 1e-2
    alpha: Hyper = 0.99
    eps: Hyper = 1e-8
    weight_decay: Hyper = 0.0
    momentum: Hyper = 0.0
    centered: bool = False

    def plan(self) -> Blueprint:
        """Return the classical system in the metric, overdamped or with momentum."""
        decay, meaning = decay_of(self.weight_decay), (("averaging", "alpha"),)
        still = is_zero(self.momentum)
        kinds = (metrics.RootMeanSquare, metrics.Deviation)
        kicks = (metrics.NaturalKick, metrics.CenteredNaturalKick)
        metric = (kinds if still else kicks)[self.centered](profile=Exponential())
        word = "[CK] D" if still else "C K D"
        return damped(Classical(metric=metric), word, decay, meaning=meaning, overdamped=still)

    def proof_of(self) -> str | None:
        """Return the name of the proof that holds for these hyperparameters."""
        name = "RMSProp, centred" if self.centered else "RMSProp"
        return name if is_zero(self.momentum) else f"{name}, with momentum"
