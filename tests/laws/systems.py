"""What the laws run on: Hamiltonians and profiles of every kind, and one nonlinear loss."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp
from typing import Any

import numpy as np

import hermosis as hm
from hermosis.model import hamiltonians


class SoftSign(hm.Hamiltonian):
    """The README's: componentwise, with a function that overflows where it is written naively."""

    sharpness: float = 1.0

    def kinetic(self, X, beta):
        return beta / hm.k * hm.total(hm.log(hm.cosh(self.sharpness * X))) / self.sharpness**2


class Mixed(hm.Hamiltonian):
    """A norm, a componentwise term and their product: sums inside sums' derivatives."""

    delta: float = 1.0

    def kinetic(self, X, beta):
        norm, own = hm.norm2(X), hm.total(X**4)
        return beta / hm.k * (hm.sqrt(1 + self.delta * norm) + own / 8 + norm * own / 30)


class Tethered(hm.Hamiltonian):
    """A potential of w itself, one part of which grows faster than β under cooling."""

    stiffness: float = 0.3

    def potential(self, L, w, beta):
        bound = self.stiffness * hm.total(w**4) / 4
        return beta * hm.c**2 / hm.k * (L + bound) + beta ** hm.Rational(3, 2) * hm.norm2(w) / 5


class Slowing(hm.Profile):
    """A user's own profile, dβ/dt = g√β, so β = (1 + gt/2)²."""

    g: float = 0.5

    def rate(self, beta):
        return self.g * hm.sqrt(beta)


@dataclass(frozen=True)
class Cooling:
    """A profile, its β(t) typed from the theory, and a time at which β is positive."""

    profile: hm.Profile
    mass: Callable[[float], float]
    begin: float = 0.0
    weight: Callable[[float], float] | None = None  # what multiplies the loss; β unless given

    def loading(self, t: float) -> float:
        """What multiplies the loss, for each unit of β."""
        return 1.0 if self.weight is None else self.weight(t) / self.mass(t)


PROFILES = {
    "Constant": Cooling(hm.Constant(), lambda t: 1.0),
    "Exponential": Cooling(hm.Exponential(0.5), lambda t: exp(0.5 * t)),
    "Power": Cooling(hm.Power(3.0, 0.5), lambda t: 0.5 * t**3, 3.0),
    "HotStart": Cooling(
        hm.HotStart(0.5, 0.75),
        lambda t: 0.75 * (exp(0.5 * t) - 1),
        1.0,
        lambda t: 0.75 * exp(0.5 * t),
    ),
    "Bregman": Cooling(hm.Bregman(3.0, 0.125), lambda t: t**4, 1.5, lambda t: 1.125 * t**5),
    "Slowing": Cooling(Slowing(0.5), lambda t: (1 + 0.25 * t) ** 2),
}
HAMILTONIANS: dict[str, Callable[[hm.Profile], hm.Hamiltonian]] = {
    "Classical": lambda p: hamiltonians.Classical(profile=p),
    "Relativistic": lambda p: hamiltonians.Relativistic(2.0, profile=p),
    "PaperRelativistic": lambda p: hamiltonians.PaperRelativistic(profile=p),
    "RestMass": lambda p: hamiltonians.RestMass(profile=p),
    "Massless": lambda p: hamiltonians.Massless(profile=p),
    "ComponentwiseMassless": lambda p: hamiltonians.ComponentwiseMassless(profile=p),
    "Braking": lambda p: hamiltonians.Braking(0.5, profile=p),
    "Quartic": lambda p: hamiltonians.Quartic(0.75, 2.0, profile=p),
    "Descent": lambda p: hamiltonians.Descent(2.5, 1.5, profile=p),
    "SoftSign": lambda p: SoftSign(1.5, profile=p),
    "Mixed": lambda p: Mixed(0.5, profile=p),
    "Tethered": lambda p: Tethered(0.3, profile=p),
}

#: The nonlinear problem of all laws, L = Σw⁴/4 + w·Aw/2, and a start at which no momentum is zero.
CURVATURE = np.array([[1.0, 0.25, 0.0], [0.25, 0.5, -0.5], [0.0, -0.5, 1.5]])
W0, X0 = np.array([0.75, -0.5, 0.25]), np.array([0.5, -0.75, 0.625])


def slope(w: Any, curvature: Any = CURVATURE) -> Any:
    """The gradient of the loss, for any array that multiplies matrices."""
    return w**3 + curvature @ w


def loss(w: Any, curvature: Any = CURVATURE) -> Any:
    """The loss."""
    return (w**4).sum() / 4 + w @ (curvature @ w) / 2


def both(w: Any) -> tuple[float, Any]:
    """The loss and its gradient."""
    return float(loss(w)), slope(w)
