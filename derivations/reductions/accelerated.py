"""Reductions of profiles that cool by a power of time, with a loss that grows: p-Bregman."""

from __future__ import annotations

import sympy as sp

from derivations import textbook
from derivations.algebra.components import total
from derivations.algebra.symbols import G, X, beta, c, h, k, lr, t, tau, w
from derivations.proofs.order import ToOrder
from derivations.proofs.proof import Proof, Step
from derivations.reductions.derived import CLASSICAL, system
from derivations.step.composition import compose
from derivations.system import profiles
from derivations.system.equations import hermosis_equations
from derivations.system.thermal import ThermalLaw
from derivations.textbook.letters import C, count, p

UNITS = {k: sp.S.One, h: sp.S.One, c: sp.S.One}
#: β = t^(p+1), and the mass of the loss, Cp²t^(2p−1).
LAW = ThermalLaw(profiles.bregman(beta, p), sp.S.Zero, profiles.bregman_weight(beta, p, C))


def bregman() -> Proof:
    """The p-Bregman profile has the family's equation; BrAVO's step is [CK] D to first order."""
    moment = sp.Symbol("t", positive=True)
    rates = hermosis_equations(system(CLASSICAL, LAW).hamiltonian)
    mass = moment ** (p + 1)
    force = rates.X.subs(UNITS).subs(beta, mass)
    whole = compose("[CK] D", system(CLASSICAL, LAW), LAW).subs(UNITS)
    step = {x: value.subs(t, moment) for x, value in whole.one_stage().items()}
    theirs = textbook.rule("bregman").one_stage()
    clock = {count: 1 + (moment - 1) / lr}
    scale = {X: mass / p * X}
    due = {x: value.subs(clock).xreplace(scale).subs(lr, tau) for x, value in theirs.items()}
    return Proof(
        "p-Bregman",
        "β = t^(p+1) with the loss weighted by Cp²t^(2p−1) has the friction (p + 1)/t and the "
        "force Cp²t^(p−2)∇L of the p-Bregman family; BrAVO's step is [CK] D to first order in τ",
        (
            Step(
                "the force on the moments, at β = t^(p+1)",
                "Hermosis equation of X",
                force,
                C * p**2 * moment ** (p - 2) * G - (p + 1) / moment * X,
            ),
            ToOrder(
                "w after one step, from r = t^(p+1)X/p",
                "BrAVO freezes t in its flows",
                due[w],
                step[w],
                variable=tau,
                power=2,
            ),
            ToOrder(
                "r after one step",
                "BrAVO freezes t in its flows",
                due[X],
                (moment + tau) ** (p + 1) / p * step[X],
                variable=tau,
                power=2,
            ),
        ),
    )


def restart() -> Proof:
    """The letter R forgets moments that point uphill."""
    rule = compose("R [CK] D", system(CLASSICAL, LAW), LAW).subs(UNITS).stages[0]
    kept = dict(rule.assignments)[X]
    size = sp.Symbol("x", positive=True)
    aligned = total(G * X)
    return Proof(
        "restart",
        "the letter R keeps X where X·∇L > 0 and forgets it where it points uphill",
        (
            Step("X·∇L > 0", "downhill: kept", kept.subs(aligned, size), X),
            Step("X·∇L < 0", "uphill: forgotten", kept.subs(aligned, -size), sp.S.Zero),
        ),
    )


PROOFS = {"p-Bregman": bregman, "restart": restart}
