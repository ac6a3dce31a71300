"""A relativistic particle whose rest mass is the curvature that it has felt."""

from __future__ import annotations

import dataclasses
from typing import Any

import hermosis as hm
from benchmarks.contestant import method
from benchmarks.quantity import LENGTH, MOMENTUM, Quantity, Range

SHARE = Quantity("share", Range(1e-2, 4.0))
"""How far a step goes, as a share of the way to the bottom of the parabola that was felt."""


class FeltCurvature(hm.Metric):
    """g = ⟨|v·Δ∇L|⟩ / (share·⟨v·v⟩): how much the gradient changes along the way, averaged."""

    share: float = 0.3
    floor: float = 1e-150
    profile: hm.Profile = dataclasses.field(default=hm.Exponential(), kw_only=True)

    def keeps(self, G: Any) -> dict[str, Any]:
        """Keep the latest gradient."""
        return {"P": G}

    def averages(self, G: Any, v: Any, P: Any) -> dict[str, Any]:
        """Average what the way of the last step did to the gradient, and the way squared."""
        return {"A": hm.Abs(hm.total(v * (G - P))), "B": hm.total(v**2)}

    def tensor(self, A: Any, B: Any) -> Any:
        """Return g, one number."""
        return A / (self.share * (B + self.floor)) + self.floor


class RestMass(hm.Hamiltonian):
    """κ = n·√(g² + X²/n) in n dimensions: no step is longer than lr in the mean of components."""

    def kinetic(self, X: Any, beta: Any, g: Any = 1) -> Any:
        """Return the relativistic kinetic energy of rest mass g and speed limit √n."""
        n = hm.total(1)
        return beta / hm.k * n * hm.sqrt(g**2 + hm.norm2(X) / n)


@method("rest mass", "hermosis", lr=LENGTH, momentum=MOMENTUM, share=SHARE)
def rest_mass(lr: float, momentum: float, share: float) -> Any:
    """Relativistic, with the curvature felt along the way as rest mass; restarts uphill."""
    system = RestMass(metric=FeltCurvature(share=share))
    return system.optimizer(lr=lr, momentum=momentum, averaging=momentum, integrator="M R C K D")
