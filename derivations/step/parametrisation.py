"""Two ways to name the same step: by the physics of H, and by learning rate and momentum."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import Total
from derivations.algebra.symbols import (
    L,
    U,
    X,
    averaging,
    beta,
    c,
    gamma,
    gamma_g,
    h,
    k,
    lr,
    momentum,
    parameter,
    t,
    tau,
    w,
)  # fmt: skip
from derivations.algebra.zero import is_zero
from derivations.step.rule import Rule, Stage
from derivations.system.energy import Energy
from derivations.system.thermal import ThermalLaw, stable

#: What is measured of the energies: names that no user's symbol has, since they have spaces.
ENERGIES = tuple(
    sp.Symbol(name, real=True)
    for name in ("kinetic energy", "potential energy", "heat energy", "thermal cooling")
)


def physical_form() -> dict[sp.Expr, sp.Expr]:
    """Return the units in which H's own time runs: k = h = c = 1, and a step is τ long."""
    return {k: sp.S.One, h: sp.S.One, c: sp.S.One}


def lr_form(
    law: ThermalLaw, damped: bool, joint: bool, averaged: bool = False
) -> dict[sp.Expr, sp.Expr]:
    """Return PyTorch's units: time counts steps and h = 1/lr.

    A kick adds the gradient itself, c² = h; a joint [CK] makes a moving average that settles at
    a constant gradient, c² = hγ with the friction γ that remains at the end. `damped` sets that
    friction from the momentum, γ = −ln(momentum); `averaged` that of a metric, −ln(averaging).
    """
    friction = law.friction if joint and law.friction != 0 else sp.S.One
    if damped:
        friction = friction.subs(gamma, -sp.log(momentum))
    form = {tau: sp.S.One, k: sp.S.One, h: 1 / lr, c: sp.sqrt(friction / lr)}
    form |= {gamma_g: -sp.log(averaging)} if averaged else {}
    return form | ({gamma: -sp.log(momentum)} if damped else {})


def dampened(form: dict[sp.Expr, sp.Expr]) -> dict[sp.Expr, sp.Expr]:
    """Let a kick add only the part 1 − dampening of the gradient, by the unit of energy."""
    return form | {c: form[c] * sp.sqrt(1 - parameter("dampening"))}


def textbook_rate(decay: sp.Expr) -> sp.Expr:
    """The rate −ln(1 − λ) at which the shrink flow of one step is the textbook's 1 − λ exactly."""
    return -sp.log(1 - decay)


def is_conformal(energy: Energy, law: ThermalLaw) -> bool:
    """Tell whether H = (β/k)κ(X) + (weight·c²/k)L + (h/k)U f(β)."""
    potential = law.weight * c**2 / k * L
    return energy.kappa is not None and is_zero(energy.potential - potential)


def gauge(energy: Energy, law: ThermalLaw, shrinking: sp.Expr | None = None) -> Rule:
    """Return a rule that measures energies at a state, for each unit of thermal mass.

    It assigns the scalars of `ENERGIES`: kinetic energy, potential energy, heat, and the thermal
    mass at the start over the present one, by which H for each unit of mass falls where H is
    conserved.
    """
    mass = law.weight.subs(beta, law.mass)
    heating = sp.S.One if shrinking is None else sp.exp(shrinking * t)
    extra = energy.shrink - sp.diff(energy.shrink, U) * U
    terms = (energy.kinetic + extra, energy.potential, sp.diff(energy.thermal + energy.shrink, U))
    kinetic, potential, heat = (_per_mass(term, law) for term in terms)
    cooling = stable(mass.subs(t, 0) / mass) / heating
    measured = zip(ENERGIES, (kinetic, potential, U * heat, cooling), strict=True)
    return Rule("energies", (Stage("energies", tuple(measured)),))


def _per_mass(energy: sp.Expr, law: ThermalLaw) -> sp.Expr:
    """Divide an energy by the thermal mass, and write what is left of β as a function of time."""
    parts = []
    for term in sp.Add.make_args(sp.expand(energy / law.weight)):
        scalar, own = term.as_independent(Total, L, w, X, as_Add=False)
        scalar = stable(scalar.subs(beta, law.mass)) if scalar.has(beta) else scalar
        parts.append(scalar * own.subs(beta, law.mass))
    return sp.Add(*parts)
