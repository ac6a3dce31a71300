r"""Lyapunov functions of Adam, RMSProp and the p-Bregman flow: each rate exactly, then its sign.

A rate is an identity that the chain rule gives; its sign follows from hypotheses, which enter as
symbols that are not negative.
"""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import Total
from derivations.algebra.notation import Rate
from derivations.algebra.stand_ins import gathered
from derivations.algebra.symbols import Component, G, L, U, X, beta, c, gamma, h, k, parameter, t, w
from derivations.proofs.inequality import AtMost
from derivations.proofs.proof import Proof, Step
from derivations.reductions.along import Rates, along, rate, summed
from derivations.reductions.written import Written
from derivations.system import energies
from derivations.system.equations import Equations, hermosis_equations

#: Adam: the rates of its averages, its second moment, ε, and how far a is from b/4.
a, b = sp.symbols("a b", positive=True)
V = Component("V", nonnegative=True)
eps, r = sp.symbols("eps r", nonnegative=True)
q = parameter("q")
#: Bregman: the order p, its constant, the velocity, a solution and its loss, L's divergence there.
p, C = parameter("p"), parameter("C")
v, w_0 = Component("v"), Component("w_*")
L_0, s = sp.symbols("L_* s", real=True)
D = sp.Symbol("D", nonnegative=True)
#: What makes Nesterov's equation of it.
NESTEROV = {p: sp.Integer(2), C: sp.Rational(1, 4)}
_UNITS = {h: sp.S.One, c: sp.S.One}


def metric() -> sp.Expr:
    """The metric g = √V + ε."""
    return sp.sqrt(V) + eps


def adam_flow() -> Rates:
    """Adam in continuous time: w' = −X/(√V + ε), X' = a(∇L − X), V' = b(∇L² − V)."""
    return {w: -X / metric(), X: a * (G - X), V: b * (G**2 - V)}


def adam_energy() -> sp.Expr:
    """L + (1/2a)Xᵀg⁻¹X."""
    return L + Total(X**2 / metric()) / (2 * a)


def adam_rate(rise: sp.Expr = a) -> sp.Expr:
    """−Σ X²g⁻²[(1 − b/4a)√V + ε + (b/4a)∇L²/√V], for a given a."""
    part = b / (4 * rise)
    return -summed(
        X**2 / metric() ** 2 * ((1 - part) * sp.sqrt(V) + eps + part * G**2 / sp.sqrt(V))
    )


def adam_system() -> Equations:
    """½Xᵀg⁻¹X under exponential cooling at the rate a, with c² = ha."""
    kinetic = beta / k * Total(X**2 / metric()) / 2
    energy = kinetic + energies.potential(L, beta) + energies.thermal(U, gamma * beta)
    return hermosis_equations(energy)


def adam() -> Proof:
    """Adam's Lyapunov function falls for a ≥ b/4, and need not for a < b/4."""
    engine, units = adam_system(), {h: sp.S.One, c: sp.sqrt(a), gamma: a}
    low = b / (4 * (1 + q))
    flat = adam_rate(low).doit().xreplace({G: sp.S.Zero})
    grows = summed(X**2 / metric() ** 2 * (q * sp.sqrt(V) - eps))
    return Proof(
        "Lyapunov function of Adam",
        "L + (1/2a)Xᵀg⁻¹X, g = √V + ε, never grows for a ≥ b/4, and may grow for every a < b/4",
        (
            Step("w' of ½Xᵀg⁻¹X is that of Adam", "Hermosis equations, h = 1",
                 Written(Rate(w), engine.w.xreplace(units)), adam_flow()[w]),
            Step("X' under exponential cooling is that of Adam", "γ = a, c² = a",
                 Written(Rate(X), engine.X.xreplace(units)), adam_flow()[X]),
            Step("its rate, exactly", "chain rule", rate(adam_energy(), adam_flow()), adam_rate()),
            AtMost("it never grows for a ≥ b/4", "a = b/4 + r, r ≥ 0", adam_rate(b / 4 + r),
                   sp.S.Zero),
            Step("for a < b/4, where there is no gradient", "a = b/4(1 + q), q > 0, ∇L = 0", flat,
                 grows),
            AtMost("it may grow there", "a point where it does", flat, sp.S.Zero, differs=True),
        ),
    )  # fmt: skip


def rmsprop_flow() -> Rates:
    """RMSProp in continuous time: w' = −∇L/(√V + ε), V' = b(∇L² − V)."""
    return {w: -G / metric(), V: b * (G**2 - V)}


def rmsprop_rate() -> sp.Expr:
    """−∇Lᵀg⁻¹∇L."""
    return -summed(G**2 / metric())


def rmsprop() -> Proof:
    """The loss itself is a Lyapunov function of an overdamped system, whatever its metric does."""
    resting = {X: G}
    return Proof(
        "Lyapunov function of RMSProp",
        "the overdamped flow in a metric g = √V + ε has dL/dt = −∇Lᵀg⁻¹∇L ≤ 0",
        (
            Step("Adam's X is at rest at ∇L", "X = ∇L",
                 Written(Rate(X), adam_flow()[X].xreplace(resting)), sp.S.Zero),
            Step("there w moves as in RMSProp", "X = ∇L",
                 Written(Rate(w), adam_flow()[w].xreplace(resting)), rmsprop_flow()[w]),
            Step("the rate of the loss", "chain rule", rate(L, rmsprop_flow()), rmsprop_rate()),
            AtMost("it never grows", "V ≥ 0 and ε ≥ 0", rmsprop_rate(), sp.S.Zero),
        ),
    )  # fmt: skip


def bregman_flow(friction: sp.Expr = p + 1) -> Rates:
    """The rates of w, its velocity v and time: w'' + ((p + 1)/t)w' + Cp²t^(p−2)∇L = 0.

    Source: Wibisono, Wilson and Jordan, arXiv:1603.04245, with ½‖w‖² for the distance.
    """
    return {w: v, v: -friction / t * v - C * p**2 * t ** (p - 2) * G, t: sp.S.One}


def bregman_energy() -> sp.Expr:
    """Ct^p(L − L*) + ½‖w + (t/p)w' − w*‖²."""
    return C * t**p * (L - L_0) + summed((w + t / p * v - w_0) ** 2) / 2


def bregman_divergence() -> sp.Expr:
    """D = L* − L − ∇L·(w* − w), not negative for a convex loss."""
    return L_0 - L - summed(G * (w_0 - w))


def bregman_rate(divergence: sp.Expr) -> sp.Expr:
    """−Cp t^(p−1) D."""
    return -C * p * t ** (p - 1) * divergence


def bregman() -> Proof:
    """The p-Bregman flow converges as t^(−p), and the power profile is it."""
    energy = bregman_energy()
    flat = {G: sp.S.Zero, L: L_0}
    other = along(energy, bregman_flow(p + 1 + s)).xreplace(flat)
    pulled = -s / p * summed(v * (w + t / p * v - w_0))
    return Proof(
        "Lyapunov function of the p-Bregman flow",
        "E = Ct^p(L − L*) + ½‖w + (t/p)w' − w*‖² has dE/dt = −Cp t^(p−1) D, with the Bregman "
        "divergence D ≥ 0 of a convex loss at w*, so that L − L* ≤ E(0)/(Ct^p)",
        (
            Step("its rate, exactly", "chain rule", rate(energy, bregman_flow()),
                 bregman_rate(bregman_divergence())),
            AtMost("it never grows", "D ≥ 0", bregman_rate(D), sp.S.Zero),
            AtMost("it bounds the loss", "a square is left", C * t**p * (L - L_0), energy),
            Step("with the friction (p + 1 + s)/t, on a flat loss", "∇L = 0, L = L*",
                 Written(Rate(sp.Symbol("E")), other), pulled),
            AtMost("it may grow for s ≠ 0", "a point where it does", pulled, sp.S.Zero,
                   differs=True),
            *_power_profile(),
        ),
    )  # fmt: skip


def power_system(n: sp.Expr, weight: sp.Expr) -> Equations:
    """The equations of the power profile, f = n b^(1/n) β^(1 − 1/n), with a weight on the loss."""
    profile = n * b ** (1 / n) * beta ** (1 - 1 / n)
    energy = energies.classical(X, beta) + energies.potential(L, weight)
    return hermosis_equations(energy + energies.thermal(U, profile))


def acceleration(n: sp.Expr, weight: sp.Expr) -> sp.Expr:
    """The acceleration w'' = −X' where w' = −X = v, for β = b tⁿ, in units of h and c."""
    force = power_system(n, weight).X.xreplace({X: -v, **_UNITS})
    return gathered(-force.xreplace({beta: b * t**n}))


def _power_profile() -> tuple[Step, ...]:
    n, why = p + 1, "Hermosis equations, h = c = 1"
    weight = beta * C * p**2 * (beta / b) ** ((p - 2) / n)
    engine = power_system(n, weight)
    return (
        Step("β = b tⁿ is the power profile, n = p + 1", "derivative in t",
             sp.diff(b * t**n, t), engine.beta.xreplace({beta: b * t**n})),
        Step("w' is −X", why, Written(Rate(w), engine.w.xreplace(_UNITS)), -X),
        Step("w'' is that of the flow, with the weight Cp²(β/b)^((p−2)/n) on the loss", why,
             Written(Rate(v), acceleration(n, weight)), bregman_flow()[v]),
        Step("p = 2, C = ¼: w'' + (3/t)w' + ∇L = 0, of the profile n = 3 with no weight", why,
             Written(Rate(v), acceleration(sp.Integer(3), beta)),
             bregman_flow()[v].xreplace(NESTEROV)),
    )  # fmt: skip


PROOFS = {
    "Lyapunov function of Adam": adam,
    "Lyapunov function of RMSProp": rmsprop,
    "Lyapunov function of the p-Bregman flow": bregman,
}
