"""Thermal profiles: how the thermal mass grows; decay and impulse are derived from f(β)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hermosis.errors import DefinitionError
from hermosis.model.definition import Definition

if TYPE_CHECKING:
    from derivations.system.thermal import ThermalLaw


class Profile(Definition):
    """A cooling law dβ/dt = f(β).

    A subclass declares its parameters as annotated fields with defaults and returns f(β) from
    `rate(self, beta)`. `start` is β(0), one unless overridden; zero is an infinite temperature.
    `weight(self, beta)` is the mass that multiplies the loss in the potential energy.

    Source: Hermosis, Learning Dynamics, "Application". Raises `ThermalProfileError` when it is
    derived, if β(t) has no closed form.

    >>> import hermosis as hm
    >>> class Slowing(hm.Profile):
    ...     gamma: float = 0.5
    ...     def rate(self, beta):
    ...         return self.gamma * hm.sqrt(beta)
    >>> Slowing().law().mass
    (gamma*t + 2)**2/4
    """

    def rate(self, beta: Any) -> Any:
        """Return f(β) as an expression of `beta` and the fields."""
        raise DefinitionError(
            f"{type(self).__name__} does not say how it cools; define rate(self, beta) to "
            "return f(β)"
        )

    def start(self) -> Any:
        """Return β(0)."""
        return 1

    def weight(self, beta: Any) -> Any:
        """Return the mass that multiplies the loss in the potential energy."""
        return beta

    def law(self) -> ThermalLaw:
        """Return β(t), decay and impulse, derived with symbols for the parameters."""
        from derivations.algebra.symbols import beta
        from derivations.system.thermal import ThermalLaw

        twin = self.symbolic()
        return ThermalLaw(twin.rate(beta), twin.start(), twin.weight(beta))


class Constant(Profile):
    """Constant temperature, f(β) = 0: no friction."""

    def rate(self, beta: Any) -> Any:
        """Return zero."""
        from derivations.system import profiles

        return profiles.constant(beta)


class Exponential(Profile):
    """Exponential cooling, f(β) = γβ: constant friction γ, in units of 1/time."""

    gamma: float = 1.0

    def rate(self, beta: Any) -> Any:
        """Return γβ."""
        from derivations.system import profiles

        return profiles.exponential(beta, self.gamma)


class Power(Profile):
    """Power-law cooling, β = b tⁿ: friction n/t; n = 3 is Nesterov's ODE."""

    n: float = 3.0
    b: float = 1.0

    def rate(self, beta: Any) -> Any:
        """Return n b^(1/n) β^(1 − 1/n)."""
        from derivations.system import profiles

        return profiles.power(beta, self.n, self.b)

    def start(self) -> Any:
        """Return zero, an infinite temperature."""
        return 0


class HotStart(Profile):
    """Cooling from an infinite temperature, f(β) = γ(β + β₀): bias correction, exactly."""

    gamma: float = 1.0
    beta_0: float = 1.0

    def rate(self, beta: Any) -> Any:
        """Return γ(β + β₀)."""
        from derivations.system import profiles

        return profiles.hot(beta, self.gamma, self.beta_0)

    def start(self) -> Any:
        """Return zero, an infinite temperature."""
        return 0

    def weight(self, beta: Any) -> Any:
        """Return β + β₀."""
        from derivations.system import profiles

        return profiles.hot_weight(beta, self.beta_0)


class Bregman(Profile):
    """The p-Bregman family: β = t^(p+1), and a loss of weight Cp²t^(2p−1).

    Friction (p + 1)/t and force Cp²t^(p−2)∇L: the loss falls as 1/(Ct^p) on convex problems.
    p = 2 with C = ¼ is Nesterov's ODE. Source: Wibisono, Wilson and Jordan, arXiv:1603.04245,
    equation 1.6.
    """

    p: float = 2.0
    C: float = 0.25

    def rate(self, beta: Any) -> Any:
        """Return (p + 1)β^(p/(p + 1))."""
        from derivations.system import profiles

        return profiles.bregman(beta, self.p)

    def start(self) -> Any:
        """Return zero, an infinite temperature."""
        return 0

    def weight(self, beta: Any) -> Any:
        """Return Cp²β^((2p − 1)/(p + 1))."""
        from derivations.system import profiles

        return profiles.bregman_weight(beta, self.p, self.C)
