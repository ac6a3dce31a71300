"""The energy of a learning system, as the terms whose flows an integrator composes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy as sp

from derivations.algebra.components import Total, slope
from derivations.algebra.expressions import exact_expression
from derivations.algebra.symbols import G, L, U, X, beta, c, h, k, lamda, w
from derivations.errors import EnergyError, NotSplitError
from derivations.system.equations import Equations, check_scalar, hermosis_equations
from derivations.system.metric import Metric

#: What each term of a split energy may depend on, besides its own parameters.
MAY_USE = {
    "kinetic": frozenset({X, beta}),
    "potential": frozenset({L, w, beta}),
    "thermal": frozenset({U, beta}),
    "shrink": frozenset({w, X, U, beta}),
}
_VARIABLES = frozenset({w, X, U, beta, L, G})


@dataclass(frozen=True)
class Energy:
    """H = K(X, β) + V(L, w, β) + E(U, β), and the generator of decoupled decay if there is one.

    A `metric` gives the kinetic energy its moments as further states.

    Source: Hermosis, Learning Dynamics, "Application". Raises `EnergyError` where a term uses a
    variable that is not its own, `NotScalarError` where a sum over components is missing.
    """

    kinetic: sp.Expr
    potential: sp.Expr
    thermal: sp.Expr
    shrink: sp.Expr = sp.S.Zero
    metric: Metric | None = None

    def __post_init__(self) -> None:
        for name, allowed in MAY_USE.items():
            term = exact_expression(getattr(self, name), f"{name} energy")
            object.__setattr__(self, name, term)
            check_scalar(term)
            foreign = (term.free_symbols & _VARIABLES) - allowed
            if foreign:
                mine, came = (", ".join(sorted(map(str, names))) for names in (allowed, foreign))
                raise EnergyError(
                    f"the {name} energy {term} uses {came}, but may use only {mine}; "
                    "an H that mixes them is given whole, by energy(w, X, U, beta, L)"
                )

    @property
    def hamiltonian(self) -> sp.Expr:
        """The whole H."""
        return self.kinetic + self.potential + self.thermal + self.shrink

    @property
    def equations(self) -> Equations:
        """The Hermosis equations of H."""
        return hermosis_equations(self.hamiltonian)

    @property
    def kappa(self) -> sp.Expr | None:
        """κ(X) where the kinetic energy is (β/k)κ(X), else None."""
        units = (beta, k, h, c)
        kappa = self.kinetic * k / beta
        if kappa.has(*units):
            kappa = sp.simplify(kappa)
        return None if kappa.has(*units) else kappa

    def with_l2(self, rate: sp.Expr = lamda) -> Energy:
        """Add (λ/2)w² to the loss, the L2 form of weight decay.

        Inside the potential it carries the factor β of the loss, and so does not die out under
        cooling as the paper's bare (λ/2)w² does.
        """
        potential = self.potential.subs(L, L + rate / 2 * Total(w**2))
        metric = self.metric and self.metric.with_l2(rate)
        return replace(self, potential=potential, metric=metric)

    def with_shrink(self, rate: sp.Expr = lamda) -> Energy:
        """Add (h/k)λβ(X·w + U): weights shrink at the rate λ while the moments stay.

        X·w generates the decay of w and the growth of X; the extra cooling at the same rate,
        γ → γ + λ, holds X.
        """
        generator = h / k * rate * beta * (Total(X * w) + U)
        return replace(self, shrink=generator)

    def in_metric(self, metric: Metric) -> Energy:
        """Measure the moments by a metric: κ(X) becomes κ(X/√g)."""
        return replace(self, kinetic=metric.scaled(self.kinetic)).with_metric(metric)

    def with_metric(self, metric: Metric) -> Energy:
        """Add a metric whose g the kinetic energy already has in it."""
        return replace(self, metric=metric.moving(k / beta * slope(self.kinetic, X)))


def split(hamiltonian: sp.Expr) -> Energy:
    """Sort the terms of a whole H into kinetic, potential and thermal energy.

    Raises `NotSplitError` for a term that belongs to none of them, such as a metric g(w) in the
    kinetic energy; the implicit midpoint rule and Tao's method still integrate such an H.

    >>> from derivations.algebra.components import norm2
    >>> split(beta / (2 * k) * norm2(X) + beta * c**2 / k * L).kinetic
    beta*Total(X**2)/(2*k)
    """
    check_scalar(hamiltonian)
    terms: dict[str, sp.Expr] = {"kinetic": sp.S.Zero, "potential": sp.S.Zero, "thermal": sp.S.Zero}
    for term in sp.Add.make_args(sp.expand_mul(hamiltonian)):
        used = term.free_symbols & _VARIABLES
        home = next(
            (name for name in ("thermal", "kinetic", "potential") if used <= MAY_USE[name]), None
        )
        if home is None:
            raise NotSplitError(
                f"H has the term {term}, which mixes {', '.join(sorted(map(str, used)))} and "
                "has no exact flow; use the integrator ImplicitMidpoint or Tao for this H"
            )
        terms[home] += term
    return Energy(**terms)
