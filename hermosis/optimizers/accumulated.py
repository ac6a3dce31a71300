"""The accumulated gradient of the paper: momentum without friction."""

from __future__ import annotations

from hermosis.derive.blueprint import Blueprint, of_hamiltonian
from hermosis.model.hamiltonians import Classical
from hermosis.model.method import Hyper, Method
from hermosis.model.profiles import Constant


class Accumulated(Method):
    """X ← X + g, w ← w − lr·X: `K D` at constant temperature.

    The paper calls it SGD; it is undamped momentum, and on a convex quadratic it oscillates for
    ever. Source: Hermosis, Learning Dynamics, "Application".
    """

    proof = "accumulated gradient"
    lr: Hyper = 1e-3

    def plan(self) -> Blueprint:
        """Return `K D` of the classical system at constant temperature."""
        return of_hamiltonian(Classical(profile=Constant()), "K D", physical=False, damped=False)
