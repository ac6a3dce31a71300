"""Thermal profiles: from a cooling rate f(β) to the exact factors that a step needs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import sympy as sp

from derivations.algebra.components import Total
from derivations.algebra.expressions import exact_expression
from derivations.algebra.symbols import Component, L, U, beta, s, t, tau
from derivations.algebra.zero import is_zero
from derivations.errors import ThermalProfileError
from derivations.lazy import lazy


@dataclass(frozen=True)
class ThermalLaw:
    """The thermal mass over time, dβ/dt = f(β), solved in closed form and verified.

    Parameters
    ----------
    rate : f(β), in the symbol β and the profile's own positive parameters.
    start : β(0); zero is an infinite temperature.
    weight : the mass that multiplies the loss in the potential energy; β unless given.

    Source: Hermosis, Learning Dynamics, "Application". Raises `ThermalProfileError` where β(t)
    has no closed form that satisfies its equation.

    >>> from derivations.algebra.symbols import gamma
    >>> ThermalLaw(gamma * beta).decay(tau)
    exp(-gamma*tau)
    """

    rate: sp.Expr
    start: sp.Expr = sp.S.One
    weight: sp.Expr = beta

    def __post_init__(self) -> None:
        for name in ("rate", "start", "weight"):
            object.__setattr__(self, name, exact_expression(getattr(self, name), name))

    @lazy
    def mass(self) -> sp.Expr:
        """β(t): the solution of dβ/dt = f(β) that begins at `start`."""
        if self.rate == 0:
            return self.start
        solution = _solution(self.rate, self.start)
        if solution is not None:
            return solution
        raise ThermalProfileError(
            f"the cooling rate f(β) = {self.rate} with β(0) = {self.start} gives no β(t) in closed "
            "form that satisfies dβ/dt = f(β); choose a rate that does, such as gamma*beta, or "
            "start=0 for one that vanishes at β = 0"
        )

    def mass_after(self, span: sp.Expr) -> sp.Expr:
        """β at time t + span."""
        return self.mass.subs(t, t + span)

    def decay(self, span: sp.Expr) -> sp.Expr:
        """β(t)/β(t + span): what cooling leaves of the energy moments."""
        return stable(self.mass / self.mass_after(span))

    def impulse(self, span: sp.Expr) -> sp.Expr:
        """(1/β(t + span)) ∫ weight dt over the span: what a constant gradient adds to them.

        >>> from derivations.algebra.symbols import gamma
        >>> ThermalLaw(gamma * beta).impulse(tau)
        (1 - exp(-gamma*tau))/gamma
        """
        moment = sp.Dummy("moment", positive=True)
        density = sp.expand(sp.powdenest(self.weight.subs(beta, self.mass).subs(t, moment)))
        return stable(_area(density, moment, t + span) / self.mass_after(span))

    def heat(self, span: sp.Expr) -> sp.Expr:
        """f(β(t))/f(β(t + span)): what cooling leaves of the internal energy."""
        rate = self.rate.subs(beta, self.mass)
        return stable(rate / rate.subs(t, t + span)) if rate != 0 else sp.S.One

    @lazy
    def friction(self) -> sp.Expr:
        """The friction f(β)/β that remains as β grows without bound; zero if none does."""
        line = _line(self.rate)
        if line is not None:
            return line[0]
        cold = sp.Dummy("temperature", positive=True)
        limit = sp.simplify((self.rate / beta).subs(beta, 1 / cold)).subs(cold, 0)
        return limit if limit.is_finite else sp.S.Zero


@lru_cache(maxsize=128)
def _solution(rate: sp.Expr, start: sp.Expr) -> sp.Expr | None:
    """Return the β(t) that obeys its rate and begins at its start, verified; None if none does."""
    for candidate in _candidates(rate, start):
        motion = sp.diff(candidate, t) - rate.subs(beta, candidate)
        begin = candidate.subs(t, 0) - start
        if is_zero(motion) and is_zero(begin):
            return candidate
    return None


def _candidates(rate: sp.Expr, start: sp.Expr) -> Iterator[sp.Expr]:
    """Yield what may be β(t): an exponential where the rate is a line in β, else by an integral."""
    line = None if start.has(beta) else _line(rate)
    if line is not None:
        slope, offset = line
        rest = sp.cancel(offset / slope)
        yield sp.factor_terms((start + rest) * sp.exp(slope * t) - rest)
    yield from _inverted(rate, start)


def _line(rate: sp.Expr) -> tuple[sp.Expr, sp.Expr] | None:
    """Return the slope a and the offset b of a rate aβ + b; None where it is no sloping line."""
    slope = sp.diff(rate, beta)
    return None if slope == 0 or slope.has(beta) else (slope, rate.xreplace({beta: sp.S.Zero}))


def _inverted(rate: sp.Expr, start: sp.Expr) -> list[sp.Expr]:
    """Integrate dβ/f(β) and solve for β."""
    pace = sp.simplify(1 / rate)
    if _has_high_degree(pace):
        return []
    try:
        clock = sp.simplify(sp.integrate(pace, beta))
        if len({part.func for part in clock.atoms(sp.Function) if part.has(beta)}) > 1:
            return []  # a sum of a logarithm and an arctangent has no inverse
        begin = clock.subs(beta, start)
        if begin.has(sp.nan, sp.zoo, sp.oo):
            begin = sp.limit(clock, beta, start, "+")
        solutions = sp.solve(sp.expand_log(clock - begin - t, force=True), beta)
    except (NotImplementedError, ValueError, TypeError):
        return []
    return [sp.simplify(solution) for solution in solutions]


def _area(density: sp.Expr, moment: sp.Symbol, end: sp.Expr) -> sp.Expr:
    """Integrate from t to `end`, each exponential c·e^(aτ) by itself as c·e^(aτ)/a."""
    parts = []
    for term in sp.Add.make_args(density):
        factor, own = term.as_independent(moment, as_Add=False)
        pace = sp.diff(own.args[0], moment) if isinstance(own, sp.exp) else sp.S.Zero
        if pace.has(moment) or not pace.is_nonzero:
            return sp.integrate(sp.powsimp(density), (moment, t, end))
        parts += [factor * own.subs(moment, end) / pace, -factor * own.subs(moment, t) / pace]
    return sp.Add(*parts)


def _has_high_degree(pace: sp.Expr) -> bool:
    """Tell whether an integral over β needs the roots of a polynomial of degree three or more."""
    bottom = sp.denom(sp.together(pace))
    if not bottom.is_polynomial(beta):
        return False
    return any(sp.degree(factor, beta) > 2 for factor, _ in sp.factor_list(bottom, beta)[1])


def on_path(expr: sp.Expr, mass: sp.Expr) -> sp.Expr:
    """Write β(t) for β, so that what multiplies a component or a sum does not overflow.

    >>> from derivations.algebra.symbols import X, gamma
    >>> on_path(X * (beta + 1) / beta, sp.exp(gamma * t) - 1)
    X/(1 - exp(-gamma*t))
    """
    if not (expr.has(beta) and mass.has(sp.exp)):
        return expr.subs(beta, mass)
    factors: dict[sp.Expr, sp.Expr] = {}
    for term in sp.Add.make_args(sp.expand_mul(expr)):
        factor, own = term.as_independent(Component, Total, L, U, as_Add=False)
        factors[own] = factors.get(own, sp.S.Zero) + factor
    terms = (
        own.subs(beta, mass) * (stable(factor.subs(beta, mass)) if factor.has(beta) else factor)
        for own, factor in factors.items()
    )
    return sp.Add(*terms)


def stable(expr: sp.Expr) -> sp.Expr:
    """Divide a ratio of growing exponentials by the largest, so that it does not overflow.

    >>> from derivations.algebra.symbols import gamma
    >>> stable((sp.exp(gamma * t) - 1) / (sp.exp(gamma * (t + tau)) - 1))
    (-exp(-gamma*(t + tau)) + exp(-gamma*tau))/(1 - exp(-gamma*(t + tau)))
    """
    top, bottom = (sp.powsimp(sp.expand(part)) for part in sp.fraction(sp.together(expr)))
    growing = [
        power
        for power in bottom.atoms(sp.exp)
        if power.args[0].subs({t: 1, s: 1, tau: 1}).is_positive
    ]
    if not growing:
        return sp.factor_terms(sp.simplify(expr))
    largest = max(growing, key=lambda power: sp.count_ops(power.args[0]))

    def divided(part: sp.Expr) -> sp.Expr:
        terms = sp.Add.make_args(sp.expand(part))
        return sp.Add(*(_short_exponent(term / largest) for term in terms))

    return sp.factor_terms(divided(top)) / sp.factor_terms(divided(bottom))


def _short_exponent(term: sp.Expr) -> sp.Expr:
    joined = sp.powsimp(term)
    return joined.replace(
        lambda part: isinstance(part, sp.exp),
        lambda part: sp.exp(sp.factor_terms(sp.expand(part.args[0]))),
    )
