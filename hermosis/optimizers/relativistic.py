"""Relativistic gradient descent."""

from __future__ import annotations

from hermosis.derive.blueprint import Blueprint
from hermosis.model.hamiltonians import Relativistic as Energy
from hermosis.model.method import Hyper, Method, damped, decay_of


class Relativistic(Method):
    """RGD(ε, μ, δ, α) of França et al., exactly, with ε = lr and velocity v = −lr·X.

    Its Hamiltonian has the speed limit 1/√(δ·lr²), and a whole drift is (1 + α)·lr. α = 1 is the
    conformal leapfrog `C/2 D/2 K D/2 C/2`; α = 0 takes its gradient ahead, and with δ = 0 is
    Nesterov. The gradient is taken in mid-step, so `hm.minimize` runs it; with `at_gradient` the
    same motion is read where its gradients are taken, as in training loops, and `step` takes it.
    Source: arXiv:1903.04100, algorithm 1.

    >>> import numpy as np
    >>> w = np.array([1.0, -2.0])
    >>> opt = Relativistic(lr=0.1, at_gradient=True)
    >>> opt.step(w, w.copy(), opt.init(w))
    >>> bool(np.all(abs(w) < [1.0, 2.0]))
    True
    """

    proof = "RGD"
    lr: Hyper = 1e-3
    momentum: Hyper = 0.9
    delta: Hyper = 1.0
    alpha: Hyper = 1.0
    weight_decay: Hyper = 0.0
    at_gradient: bool = False

    def plan(self) -> Blueprint:
        """Return the blend of leapfrog and look-ahead of the relativistic system."""
        meaning = (("lr", "(1 + alpha)*lr"), ("delta", "delta*lr**2"))
        return damped(
            Energy(),
            "LookAheadBlend",
            decay_of(self.weight_decay),
            meaning=meaning,
            at_gradient_point=self.at_gradient,
        )
