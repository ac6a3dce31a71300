"""What the Hermosis flow does to energy: H stays, and its mechanical part falls by friction."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import Total, norm2, slope
from derivations.algebra.notation import Partial
from derivations.algebra.symbols import L, U, X, beta, c, h, k, parameter, w
from derivations.algebra.tidy import tidy
from derivations.proofs.inequality import AtMost
from derivations.proofs.proof import Proof, Step
from derivations.reductions.along import Along, Rates, Scalar, rate, rates_of
from derivations.reductions.derived import COOLING, system
from derivations.system import energies
from derivations.system.energy import Energy
from derivations.system.equations import hermosis_equations
from derivations.system.flows import Flow, flow

kappa, delta = sp.Symbol("kappa", real=True), parameter("delta")
#: Any κ by its name, its gradient, and any profile that cools.
NAMED = {kappa: Scalar(kappa, Total(X))}
VELOCITY = Partial(kappa, X)
PROFILE = sp.Function("f", nonnegative=True)(beta)
#: Two kinetic energies as κ(X).
QUIET = norm2(X) / 2
SPEEDY = energies.relativistic(X, beta, delta) * k / beta
#: Hypotheses on a convex κ: how far κ(X) is above κ(0), and its Bregman divergence there.
R, D = sp.symbols("R D", nonnegative=True)


def mechanical(kinetic: sp.Expr = kappa) -> sp.Expr:
    """κ + c²L: the part of H that learning is about."""
    return kinetic + c**2 * L


def whole(kinetic: sp.Expr = kappa) -> sp.Expr:
    """H = (β/k)(κ + c²L) + (h/k)U f(β)."""
    return beta / k * mechanical(kinetic) + energies.thermal(U, PROFILE)


def motion(kinetic: sp.Expr = kappa) -> Rates:
    """The Hermosis flow of the whole H."""
    return rates_of(hermosis_equations(whole(kinetic).xreplace(NAMED)))


def change(scalar: sp.Expr, rates: Rates | None = None) -> Along:
    """The rate of a scalar along the flow of H, or along another, to be written down."""
    return rate(scalar, motion() if rates is None else rates, NAMED)


def friction(power: sp.Expr) -> sp.Expr:
    """−(f/β) X·∇κ, given the power X·∇κ."""
    return -PROFILE / beta * power


def conserved() -> Proof:
    """H stays along its flow, and friction turns its mechanical part into heat."""
    lost, power = change(mechanical()), Total(X * VELOCITY)
    return Proof(
        "energy balance",
        "for any κ, L and f, dH/dt = 0 and d(κ + c²L)/dt = −(f/β) X·∇κ, not positive for convex κ",
        (
            Step("H stays", "chain rule along the Hermosis flow", change(whole()), sp.S.Zero),
            Step(
                "the heat takes up what the mechanical part of H loses",
                "chain rule along the Hermosis flow",
                change(h * U * PROFILE),
                -change(beta * mechanical()),
            ),
            Step("the mechanical energy falls by friction", "chain rule", lost, friction(power)),
            AtMost(
                "a convex κ, least at X = 0, never lets it grow",
                "X·∇κ = R + D, with R = κ(X) − κ(0) ≥ 0 and D = κ(0) − κ(X) + X·∇κ ≥ 0",
                friction(power).xreplace({power: R + D}),
                sp.S.Zero,
            ),
            AtMost(
                "the relativistic κ meets the hypothesis",
                "gradient of κ, any dimension",
                sp.S.Zero,
                Total(X * tidy(slope(SPEEDY, X))),
            ),
            AtMost(
                "a κ that is not convex, −½X², lets it grow",
                "a point where it does",
                change(mechanical(-QUIET), motion(-QUIET)),
                sp.S.Zero,
                differs=True,
            ),
        ),
    )


def letters() -> Proof:
    """Each exact flow of a word keeps the term of H that makes it."""
    energy = letters_energy()
    names = {"C": "cool", "K": "kick", "D": "drift", "S": "shrink", "CK": "cool and kick"}
    steps = []
    for name, means in names.items():
        moved = flow(name, energy, COOLING)
        after, before = (part.subs(beta, COOLING.mass) for part in (carried(moved), moved.term))
        steps.append(
            Step(f"{name}, {means}, keeps its term", "the term after the flow", after, before)
        )
    return Proof(
        "exact flows conserve",
        "each of the flows C, K, D, S and [CK] keeps its own term of H exactly, heat included",
        tuple(steps),
    )


def letters_energy() -> Energy:
    """A relativistic system with all the terms that a word can name."""
    return system(energies.relativistic(X, beta, delta)).with_shrink()


def carried(moved: Flow) -> sp.Expr:
    """The term of a flow, in the state after it."""
    return moved.term.xreplace({w: moved.w, X: moved.X, U: moved.U, beta: moved.beta})


PROOFS = {"energy balance": conserved, "exact flows conserve": letters}
