"""Kinetic energies that come with hermosis, each a Hamiltonian of its own.

Their formulas stand in `derivations.system.energies`.
"""

from __future__ import annotations

from typing import Any

from hermosis.model.hamiltonian import Hamiltonian


class Classical(Hamiltonian):
    """H = (β/2k)X² + (βc²/k)L + (h/k)U f(β). Source: Hermosis, Learning Dynamics, "Application"."""


class Relativistic(Hamiltonian):
    """κ = (√(1 + δX²) − 1)/δ: a speed limit 1/√δ that cooling leaves as it is.

    Source: França et al., arXiv:1903.04100, section 4.
    """

    delta: float = 1.0

    def kinetic(self, X: Any, beta: Any) -> Any:
        """Return the kinetic energy."""
        from derivations.system import energies

        return energies.relativistic(X, beta, self.delta)


class RestMass(Hamiltonian):
    """κ = n√(g² + X²/n) in n dimensions, whose rest mass is the metric g; one without a metric.

    The root of the mean square speed is below one.
    """

    def kinetic(self, X: Any, beta: Any, g: Any = 1) -> Any:
        """Return the kinetic energy."""
        from derivations.system import energies

        return energies.rest_mass(X, beta, g)


class PaperRelativistic(Hamiltonian):
    """K = √(X² + k²/β²), the paper's own form, whose speed limit k/(hβ) falls with cooling.

    Source: Hermosis, Learning Dynamics, "Application", the relativistic Hamiltonian.
    """

    def kinetic(self, X: Any, beta: Any) -> Any:
        """Return the kinetic energy."""
        from derivations.system import energies

        return energies.paper_relativistic(X, beta)


class Massless(Hamiltonian):
    """κ = √(X² + ε²): the limit δ → ∞ of the relativistic one, in which the speed is one.

    ε keeps the velocity at X = 0 at zero; it is far below any momentum of interest.
    """

    eps: float = 1e-30

    def kinetic(self, X: Any, beta: Any) -> Any:
        """Return the kinetic energy."""
        from derivations.system import energies

        return energies.massless(X, beta, self.eps)


class ComponentwiseMassless(Hamiltonian):
    """κ = Σ|Xᵢ|: the same limit taken component by component, whose velocity is the sign."""

    def kinetic(self, X: Any, beta: Any) -> Any:
        """Return the kinetic energy."""
        from derivations.system import energies

        return energies.componentwise_massless(X, beta)


class Braking(Hamiltonian):
    """κ = log(1 + β₃X²)/(2β₃): the velocity X/(1 + β₃X²) brakes where X is large.

    Not convex for ‖X‖ > 1/√β₃, where the velocity falls. Source: Vaidhyanathan et al.,
    arXiv:2505.13196.
    """

    beta_3: float = 1.0

    def kinetic(self, X: Any, beta: Any) -> Any:
        """Return the kinetic energy."""
        from derivations.system import energies

        return energies.braking(X, beta, self.beta_3)


class Quartic(Hamiltonian):
    """κ dual to ½mv² + ¼β₃v⁴: the speed s of X obeys β₃s³ + ms = ‖X‖."""

    mass: float = 1.0
    beta_3: float = 1.0

    def kinetic(self, X: Any, beta: Any) -> Any:
        """Return the kinetic energy."""
        from derivations.system import energies

        return energies.quartic(X, beta, self.mass, self.beta_3)


class Descent(Hamiltonian):
    """κ = ((‖X‖^a + 1)^{A/a} − 1)/A: of a power a near rest, of a power A far from it.

    a = 2, A = 1 is the relativistic system. `componentwise` gives each component a κ of its own.
    Source: Maddison et al., arXiv:1809.05042, section 5.
    """

    a: float = 2.0
    A: float = 1.0
    componentwise: bool = False

    def kinetic(self, X: Any, beta: Any) -> Any:
        """Return the kinetic energy."""
        from derivations.system import energies

        family = energies.componentwise_descent if self.componentwise else energies.descent
        return family(X, beta, self.a, self.A)


class Nuclear(Hamiltonian):
    """κ = ‖X‖_*, the sum of the singular values of each array: the massless system of matrices.

    Its velocity is UVᵀ, of which every singular value is one.
    """

    def kinetic(self, X: Any, beta: Any) -> Any:
        """Return the kinetic energy."""
        from derivations.system import energies

        return energies.massless_matrix(X, beta)
