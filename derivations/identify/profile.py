"""Thermal profiles, read off how fast a state fades: its decay is β(t − τ)/β(t)."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.algebra.limits import limit
from derivations.algebra.symbols import beta, gamma
from derivations.errors import NoLimitError, NotHamiltonianError
from derivations.identify.points import is_positive, reads, same
from derivations.identify.scalars import put, short
from derivations.system.thermal import ThermalLaw
from derivations.textbook import count


@dataclass(frozen=True)
class Fading:
    """How a state fades in a step: the kind of profile, and its number.

    `kind` is "constant", "exponential" (number: what a step keeps), "hot" (the same, of an
    average that is corrected for its start) or "power" (number: the exponent of β).
    """

    kind: str
    number: sp.Expr = sp.S.One

    @property
    def filled(self) -> sp.Expr:
        """The part of its final weight that an average has by this step, from an empty start."""
        return 1 - self.number**count

    def law(self, friction: sp.Symbol = gamma, hot: bool = False) -> ThermalLaw:
        """Return the profile: constant, γβ, γ(β + 1) from zero, or a power from zero."""
        if self.kind == "constant":
            return ThermalLaw(sp.S.Zero)
        if self.kind == "power":
            return ThermalLaw(self.number * beta ** (1 - 1 / self.number), sp.S.Zero)
        if hot or self.kind == "hot":
            return ThermalLaw(friction * (beta + 1), sp.S.Zero, beta + 1)
        return ThermalLaw(friction * beta)


def fading(keep: sp.Expr, what: str) -> Fading:
    """Return the profile that keeps this part of a state; raise where the engine has none."""
    if not reads(keep, (count,)):
        if sp.expand(keep - 1) == 0:
            return Fading("constant")
        keep = short(keep)
        if not is_positive(keep) or (keep.is_number and keep > 1):
            raise NotHamiltonianError(
                f"the state {what} changes its sign as it fades, or grows: the part that a step "
                "keeps must be β(t − τ)/β(t), a ratio of growing thermal masses",
                keep,
            )
        return Fading("exponential", keep)
    for base in _bases(keep):
        if same(keep, base * (1 - base ** (count - 1)) / (1 - base**count)):
            return Fading("hot", base)
    power = _power(keep)
    if power is not None:
        return Fading("power", power)
    raise NotHamiltonianError(
        f"a step keeps {keep} of the state {what}, which is β(t − τ)/β(t) of no profile that the "
        "engine knows in closed form: constant, exponential, hot start and powers of time"
        + _near(keep)
    )


def _bases(expr: sp.Expr) -> list[sp.Expr]:
    """The numbers that are raised to the step's number, as bases of its plain power."""
    found = []
    for part in sorted(expr.atoms(sp.Pow, sp.exp), key=sp.default_sort_key):
        base, exponent = part.as_base_exp()
        rate = exponent.coeff(count)
        if rate != 0 and not base.has(count):
            found.append(base**rate)
    return list(dict.fromkeys(found))


def _power(keep: sp.Expr) -> sp.Expr | None:
    """Return p where a state keeps ((n − 1)/n)^p."""
    power = _late_power(keep)
    if power is None or not (power.is_positive or is_positive(power)):
        return None
    return power if same(keep, ((count - 1) / count) ** power) else None


def _late_power(keep: sp.Expr) -> sp.Expr | None:
    """Return p where a state keeps 1 − p/n of itself at late steps n; None where there is none."""
    late = sp.Symbol("late", positive=True)
    try:
        power = limit((1 - keep.xreplace({count: 1 / late})) / late, late, sp.S.Zero)
    except NoLimitError:
        return None
    return sp.simplify(power) if power.is_finite else None


def _near(keep: sp.Expr) -> str:
    """Say which power of time a decay is to first order."""
    power = _late_power(keep)
    if power is None or not power.is_positive:
        return ""
    return f"; to first order in 1/n it is that of β = t^{power}"


def at_late_times(expr: sp.Expr) -> sp.Expr:
    """Write a formula that does not depend on the step without its number."""
    if not expr.has(count):
        return expr

    def forgotten(part: sp.Expr) -> sp.Expr:
        return sp.S.Zero if part.as_base_exp()[1].has(count) else part

    late = expr.replace(lambda p: isinstance(p, sp.Pow | sp.exp), forgotten)
    for value in (put(late, {count: sp.S.One}), put(expr, {count: sp.Integer(2)})):
        if not value.has(sp.nan, sp.zoo, sp.oo) and same(value, expr):
            return value
    return expr
