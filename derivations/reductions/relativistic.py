"""Reductions of the relativistic system, its limits, and what cooling does to the paper's form."""

from __future__ import annotations

import sympy as sp

from derivations import textbook
from derivations.algebra.components import slope
from derivations.algebra.symbols import X, beta, lr, momentum, parameter, t, w
from derivations.algebra.tidy import tidy
from derivations.proofs.proof import Proof, Step
from derivations.reductions.derived import COOLING, derived, same_step, system
from derivations.step.rule import Rule
from derivations.system import energies
from derivations.system.equations import hermosis_equations

alpha, delta, eps = map(parameter, ("alpha", "delta", "eps"))
BLEND = "C/2 {alpha/(1+alpha)}D ({(1-alpha)/(1+alpha)}D) K {1/(1+alpha)}D C/2"
#: What França's parameters mean here: a whole drift of (1 + α)ε, and δ in units of v = −ε·X.
MEANING = {lr: (1 + alpha) * lr, delta: delta * lr**2}


def blend() -> Rule:
    """Derive the blend of leapfrog and look-ahead in França's parameters."""
    return derived(BLEND, energies.relativistic(X, beta, delta)).subs(MEANING)


def rgd() -> Proof:
    """The blended word is RGD for every α."""
    rule, due = blend(), textbook.relativistic(alpha, lr, delta)
    due = {name: value.subs(X, -lr * X) for name, value in due.items()}
    half = _until_gradient(rule)
    whole = rule.one_stage()
    why = "v = −ε·X, ε = lr, drift (1 + α)ε, δ in units of v"
    return Proof(
        "RGD",
        "the leapfrog of the relativistic system, its half point kept in the part α, is "
        "RGD(ε, μ, δ, α) for every α",
        (
            Step("the point at which the gradient is taken", why, half, due["half"]),
            Step("w after one step", why, whole[w], due["x"]),
            Step("v after one step", why, -lr * whole[X], due["v"]),
        ),
    )


def leapfrog() -> Proof:
    """At α = 1 the blend is the conformal leapfrog."""
    plain = derived("C/2 D/2 K D/2 C/2", energies.relativistic(X, beta, delta))
    at_one = blend().subs({alpha: sp.S.One})
    meaning = {lr: 2 * lr, delta: delta * lr**2}
    return Proof(
        "RGD, α = 1",
        "at α = 1 RGD is the conformal leapfrog C/2 D/2 K D/2 C/2",
        same_step(at_one, plain.subs(meaning), "α = 1: nothing is forgotten"),
    )


def classical_limits() -> Proof:
    """At δ = 0 the ends of the blend are Nesterov and momentum."""
    rule = blend().subs({delta: sp.S.Zero})
    ahead = _in_buffer(rule.subs({alpha: sp.S.Zero}).from_gradient_point())
    half = _in_buffer(rule.subs({alpha: sp.S.One}).from_gradient_point())
    nesterov, ball = textbook.nesterov().one_stage(), textbook.heavy_ball().one_stage()
    longer = {x: value.subs(lr, (1 + momentum) * lr) for x, value in ball.items()}
    why = "the state X is μ times PyTorch's buffer"
    return Proof(
        "RGD, δ = 0",
        "at δ = 0 RGD is Nesterov for α = 0; for α = 1 its half points are momentum, step (1 + μ)ε",
        (
            Step("α = 0: w after one step", why, ahead[w], nesterov[w]),
            Step("α = 0: X after one step", why, ahead[X], momentum * nesterov[X]),
            Step("α = 1: the half point after one step", why, half[w], longer[w]),
            Step("α = 1: X after one step", why, half[X], momentum * longer[X]),
        ),
    )


def normalised() -> Proof:
    """The massless limit of the norm form is normalised descent."""
    velocity = tidy(slope(energies.relativistic(X, beta, delta), X))
    speed = sp.Limit(sp.sqrt(delta) * velocity, delta, sp.oo)
    smooth = slope(energies.massless(X, beta, eps), X)
    rule = derived("C K D", energies.massless(X, beta, eps)).subs({eps: sp.S.Zero})
    return Proof(
        "normalised descent",
        "the massless limit δ → ∞ of the relativistic system is descent along X/‖X‖",
        (
            Step("the velocity in units of the speed limit", "δ → ∞", speed, smooth.subs(eps, 0)),
            *same_step(rule, textbook.normalised(), "C K D of κ = ‖X‖"),
        ),
    )


def sign() -> Proof:
    """The componentwise massless limit is sign descent."""
    size = sp.Symbol("size", positive=True)
    velocity = tidy(slope(energies.componentwise_relativistic(X, beta, delta), X))
    flat = slope(energies.componentwise_massless(X, beta), X)
    limits = tuple(
        Step(
            f"the velocity of a {name} component in units of the speed limit",
            "δ → ∞",
            sp.Limit(sp.sqrt(delta) * velocity.subs(X, value), delta, sp.oo),
            flat.subs(X, value),
        )
        for name, value in (("positive", size), ("negative", -size))
    )
    rule = derived("C K D", energies.componentwise_massless(X, beta))
    return Proof(
        "sign descent",
        "the massless limit of the componentwise relativistic system is sign descent",
        (*limits, *same_step(rule, textbook.sign_descent(), "C K D of κ = Σ|X|")),
    )


def stall() -> Proof:
    """With β inside the root the velocity dies under cooling; with β outside it does not."""
    inside, outside = (
        hermosis_equations(system(kinetic).hamiltonian).w.subs(beta, COOLING.mass)
        for kinetic in (
            energies.paper_relativistic(X, beta),
            energies.relativistic(X, beta, delta),
        )
    )
    return Proof(
        "cooling stalls the paper's relativistic form",
        "as t → ∞ the velocity of √(X² + k²/β²) vanishes, and that of (β/k)κ(X) does not change",
        (
            Step(
                "β inside the root: the velocity at late times",
                "t → ∞",
                sp.Limit(inside, t, sp.oo),
                sp.S.Zero,
            ),
            Step(
                "β outside the root: the velocity does not depend on time",
                "derivative in t at fixed X",
                sp.diff(outside, t),
                sp.S.Zero,
            ),
        ),
    )


def _until_gradient(rule: Rule) -> sp.Expr:
    """The weights at which a rule takes its gradient, from those at the start of a step."""
    now: dict[sp.Symbol, sp.Expr] = {}
    for stage in rule.stages:
        if stage.evaluates:
            break
        values = {x: value.xreplace(now) for x, value in stage.assignments}
        now.update(values)
    return now.get(w, w)


def _in_buffer(rule: Rule) -> dict[sp.Symbol, sp.Expr]:
    """A whole step in terms of PyTorch's buffer, of which the state X is μ times."""
    return {x: value.subs(X, momentum * X) for x, value in rule.one_stage().items()}


PROOFS = {
    "RGD": rgd,
    "RGD, α = 1": leapfrog,
    "RGD, δ = 0": classical_limits,
    "normalised descent": normalised,
    "sign descent": sign,
    "cooling stalls the paper's relativistic form": stall,
}
