"""Kinetic energies that come with hermosis, each a Hamiltonian of its own.

Their formulas stand in `derivations.energies`.
"""

from __future__ import annotations

from typing import Any

from hermosis.hamiltonian import Hamiltonian


class Classical(Hamiltonian):
    """H = (β/2k)X² + (βc²/k)L + (h/k)U f(β). Source: Hermosis, Learning Dynamics, "Application"."""


class Relativistic(Hamiltonian):
    """κ = (√(1 + δX²) − 1)/δ: a speed limit 1/√δ that cooling leaves as it is.

    Source: França et al., arXiv:1903.04100, section 4.
    """

    delta: float = 1.0

    def kinetic(self, X: Any, beta: Any) -> Any:
        """Return the kinetic energy."""
        from derivations import energies

        return energies.relativistic(X, beta, self.delta)


class PaperRelativistic(Hamiltonian):
    """K = √(X² + k²/β²), the paper's own form, whose speed limit k/(hβ) falls with cooling.

    Source: Hermosis, Learning Dynamics, "Application", the relativistic Hamiltonian.
    """

    def kinetic(self, X: Any, beta: Any) -> Any:
        """Return the kinetic energy."""
        from derivations import energies

        return energies.paper_relativistic(X, beta)


class Massless(Hamiltonian):
    """κ = √(X² + ε²): the limit δ → ∞ of the relativistic one, in which the speed is one.

    ε keeps the velocity at X = 0 at zero; it is far below any momentum of interest.
    """

    eps: float = 1e-30

    def kinetic(self, X: Any, beta: Any) -> Any:
        """Return the kinetic energy."""
        from derivations import energies

        return energies.massless(X, beta, self.eps)


class ComponentwiseMassless(Hamiltonian):
    """κ = Σ|Xᵢ|: the same limit taken component by component, whose velocity is the sign."""

    def kinetic(self, X: Any, beta: Any) -> Any:
        """Return the kinetic energy."""
        from derivations import energies

        return energies.componentwise_massless(X, beta)
