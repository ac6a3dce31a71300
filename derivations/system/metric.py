r"""The metric: a component of the system with its own state and its own equation of motion.

A metric g rescales the kinetic energy, κ(X) → κ(X/√g): the classical ½X² becomes ½Xᵀg⁻¹X. It is
made of moments, each of which relaxes to its drive at the friction of a thermal profile of its
own, :math:`\dot V = (f(\beta_g)/\beta_g)(\text{drive} - V)`. It is no function of w, so it makes
no geodesic force.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import sympy as sp

from derivations.algebra.components import Total
from derivations.algebra.expressions import exact_expression
from derivations.algebra.matrices import EIGENVALUE, QuadraticForm
from derivations.algebra.symbols import (
    Component,
    G,
    L,
    U,
    X,
    beta,
    beta_g,
    gamma_g,
    s,
    t,
    velocity,
    w,
)  # fmt: skip
from derivations.algebra.tidy import tidy
from derivations.algebra.zero import expands_to_zero
from derivations.errors import EnergyError
from derivations.system import profiles
from derivations.system.thermal import ThermalLaw, stable

#: β_g from an infinite temperature: averages that are corrected for their start.
HOT = ThermalLaw(
    profiles.hot(beta, gamma_g, sp.S.One), sp.S.Zero, profiles.hot_weight(beta, sp.S.One)
)

Moments = tuple[tuple[sp.Symbol, sp.Expr], ...]


@dataclass(frozen=True)
class Metric:
    """A metric g and the moments that it is made of.

    It is diagonal, or a function of a symmetric matrix over the components of an array: a full
    metric, which measures the norm of the momentum and nothing else of it.

    Parameters
    ----------
    averages : each moment with its drive, an expression of G, X, w, the velocity and the other
        moments; one number for the whole system where the drive is one.
    tensor : g, of the moments and of β_g; of each eigenvalue of `matrix` where there is one.
    law : the thermal law of the moments, in parameters of its own.
    records : moments that keep the largest value yet of an expression of the averages.
    holds_velocity : the moments X are those of the natural gradient g⁻¹∇L, so that a change of
        the metric leaves the velocity as it is, and not the momentum.
    kept : moments that keep the latest value of an expression, until they are measured again.
    matrix : the covariance that a full metric is a function of, an expression of its entries.

    Source: Guskov and Vanchurin, arXiv:2504.05279, for g as a function of averaged gradients.

    >>> V = Component("V", nonnegative=True)
    >>> metric = Metric(((V, G**2),), sp.sqrt(V))
    >>> metric.scaled(X**2)
    X**2/sqrt(V)
    """

    averages: Moments
    tensor: sp.Expr
    law: ThermalLaw = field(default=HOT)
    records: Moments = ()
    holds_velocity: bool = False
    matrix: sp.Expr | None = None
    kept: Moments = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "tensor", exact_expression(self.tensor, "metric"))
        read = {symbol for symbol in self.tensor.free_symbols if isinstance(symbol, Component)}
        strange = read - set(self.states) - {EIGENVALUE}
        if strange or self.tensor.has(L, U, beta):
            raise EnergyError(
                f"the metric {self.tensor} may use its own moments "
                f"{', '.join(map(str, self.states))}, numbers and its thermal mass, not "
                f"{', '.join(sorted(map(str, strange or self.tensor.free_symbols)))}"
            )

    @property
    def states(self) -> tuple[sp.Symbol, ...]:
        """The moments, averages first."""
        return tuple(symbol for symbol, _ in (*self.averages, *self.records, *self.kept))

    @property
    def rates(self) -> Moments:
        """dV/dt of each average, by the friction f(β_g)/β_g at the metric's own thermal mass."""
        friction = (self.law.rate / beta).subs(beta, beta_g)
        return tuple((moment, friction * (drive - moment)) for moment, drive in self.averages)

    def moved(self) -> Moments:
        """Return each average after a time s with its drive frozen: decay·V + (1 − decay)·drive."""
        decay = self.law.decay(s)
        gain = stable(1 - self.law.mass / self.law.mass_after(s))
        return tuple((moment, decay * moment + gain * drive) for moment, drive in self.averages)

    def residuals(self) -> tuple[sp.Expr, ...]:
        """Differentiate the flow of each average and subtract its equation: zeros."""
        friction = (self.law.rate / beta).subs(beta, self.law.mass_after(s))
        return tuple(
            _reduced(sp.diff(value, s) - friction * (drive - value))
            for (_, value), (_, drive) in zip(self.moved(), self.averages, strict=True)
        )

    def starts(self) -> tuple[sp.Expr, ...]:
        """Subtract each average from where its flow begins: zeros."""
        return tuple(_reduced(value.subs(s, 0) - moment) for moment, value in self.moved())

    def recorded(self) -> Moments:
        """Return after a step the larger of each record and its expression, and what is kept."""
        larger = tuple((record, sp.Max(record, value)) for record, value in self.records)
        return (*larger, *self.kept)

    def scaled(self, kinetic: sp.Expr) -> sp.Expr:
        """Write X/√g for X in a kinetic energy; X alone where the velocity is held.

        Raises `EnergyError` for a full metric and an energy that is no function of the norm.
        """
        if self.holds_velocity:
            return kinetic
        if self.matrix is None:
            return kinetic.xreplace({X: X / sp.sqrt(self.tensor)})
        norm = sp.Dummy("norm", nonnegative=True)
        found = kinetic.xreplace({Total(X**2): norm})
        if found.has(X):
            raise EnergyError(
                f"a full metric measures the norm of X, but the kinetic energy {kinetic} depends "
                "on single components; write it with hm.norm2(X), or take a diagonal metric"
            )
        return found.xreplace({norm: QuadraticForm(1 / self.tensor, EIGENVALUE, self.matrix, X)})

    def moving(self, moved: sp.Expr) -> Metric:
        """Put the velocity into the drives that ask for it."""
        if not any(drive.has(velocity) for _, drive in self.averages):
            return self
        known = {velocity: tidy(moved)}
        averages = tuple((moment, drive.xreplace(known)) for moment, drive in self.averages)
        return replace(self, averages=averages)

    def with_l2(self, rate: sp.Expr) -> Metric:
        """Drive the moments by the gradient of the loss with (λ/2)w² in it."""
        decayed = {G: G + rate * w}
        averages, kept = (
            tuple((moment, drive.xreplace(decayed)) for moment, drive in moments)
            for moments in (self.averages, self.kept)
        )
        return replace(self, averages=averages, kept=kept)


def _reduced(gap: sp.Expr) -> sp.Expr:
    """Simplify a difference, with the end of the flow as a positive symbol of its own."""
    if expands_to_zero(gap):
        return sp.S.Zero
    end = sp.Dummy("end", positive=True)
    return sp.simplify(gap.subs(t + s, end).subs(s, end - t))
