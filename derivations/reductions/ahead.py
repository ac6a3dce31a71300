"""Reductions of look-ahead kicks, whose drift reads moments that are then forgotten: Lion."""

from __future__ import annotations

import sympy as sp

from derivations import textbook
from derivations.algebra.components import slope
from derivations.algebra.symbols import G, X, beta, k, lr, momentum, parameter, w, weight_decay
from derivations.proofs.proof import Proof, Step
from derivations.reductions.derived import CLASSICAL, derived, same_step
from derivations.step.composition import exact
from derivations.step.rule import Rule
from derivations.system import energies
from derivations.textbook import beta_1, beta_2

WORD = "[CK] ({ahead}[CK]) D"
#: The kept average has the factor β₂; the drift reads it ahead by so many steps.
BETAS = {momentum: beta_2, parameter("ahead"): exact("log(beta_1)/log(beta_2) - 1")}
delta = parameter("delta")


def lion() -> Proof:
    """Lion is the massless system, component by component, with a look-ahead kick."""
    plain = _ahead(energies.componentwise_massless(X, beta))
    decayed = _shrunk(-sp.log(1 - lr * weight_decay))
    why = "the kick goes on for ln β₁/ln β₂ − 1 steps"
    return Proof(
        "Lion",
        "[CK] ([CK]) D of κ = Σ|Xᵢ| is Lion: its β₁ is how far the drift looks ahead of the "
        "average that is kept; with the shrink flow it decays as Lion does",
        (
            *same_step(plain, textbook.rule("lion"), why),
            *same_step(decayed, textbook.rule("lion", decoupled=True), why)[-1:],
        ),
    )


def lion_k() -> Proof:
    """Any kinetic energy takes the place of the one-norm."""
    kinds = {
        "κ = √(1 + δX²)": energies.relativistic(X, beta, delta),
        "κ = ½X²": CLASSICAL,
    }
    steps: list[Step] = []
    for name, energy in kinds.items():

        def gradient(at: sp.Expr, energy: sp.Expr = energy) -> sp.Expr:
            return slope(energy * k / beta, X).xreplace({X: at})

        due = textbook.lion_k(gradient)
        steps += same_step(_ahead(energy), due, f"∇κ of {name}")
    return Proof(
        "Lion-K",
        "[CK] ([CK]) D of a kinetic energy κ is Lion-𝒦 with 𝒦 = κ",
        tuple(steps),
    )


def two_averages() -> Proof:
    """At β₁ = β₂ Lion does not look ahead; at β₁ = 0 it forgets."""
    rule = _ahead(energies.componentwise_massless(X, beta)).one_stage()
    same = derived("[CK] D", energies.componentwise_massless(X, beta)).one_stage()
    return Proof(
        "Lion, one average",
        "at β₁ = β₂ the look-ahead is empty, and Lion is sign descent of the moving average",
        (
            Step(
                "w after one step",
                "β₁ = β₂ = μ",
                rule[w].subs({beta_1: momentum, beta_2: momentum}),
                same[w],
            ),
        ),
    )


def cautious() -> Proof:
    """The mask lets through what goes downhill."""
    kept = derived("C K D", CLASSICAL, cautious="mask")
    scaled = derived("C K D", CLASSICAL, cautious="rescale")
    why = "the drift of C K D, times 1[X·∇L > 0]"
    return Proof(
        "cautious masking",
        "C K D whose drift is masked by 1[X·∇L > 0], component by component, is cautious "
        "momentum, with and without the rescaling by d/(n + 1)",
        (
            *same_step(kept, textbook.rule("cautious_momentum", rescaled=False), why),
            *same_step(scaled, textbook.rule("cautious_momentum"), why),
            Step(
                "a component that goes uphill stays",
                "X·∇L < 0",
                kept.one_stage()[w].subs({X: -2 * G / momentum}) - w,
                sp.S.Zero,
            ),
        ),
    )


def _ahead(energy: sp.Expr) -> Rule:
    return derived(WORD, energy).subs(BETAS)


def _shrunk(rate: sp.Expr) -> Rule:
    """Lion with the shrink flow."""
    rule = derived(
        "[CK] ({ahead}[CK]) S D",
        energies.componentwise_massless(X, beta),
        change=lambda energy: energy.with_shrink(rate),
    )
    return rule.subs(BETAS)


PROOFS = {
    "Lion": lion,
    "Lion, one average": two_averages,
    "Lion-K": lion_k,
    "cautious masking": cautious,
}
