"""Reductions of metrics that are powers of the covariance of the gradients."""

from __future__ import annotations

import sympy as sp

from derivations import textbook
from derivations.algebra.symbols import (
    X,
    averaging,
    lr,
    momentum,
    parameter,
    t,
    w,
)  # fmt: skip
from derivations.proofs.proof import Proof, Step
from derivations.reductions.derived import BETAS, CLASSICAL, HOT, carried, derived
from derivations.step.rule import Rule
from derivations.system import measures, metrics
from derivations.system.measures import COLD, V
from derivations.system.metric import HOT as HOT_METRIC
from derivations.system.thermal import ThermalLaw
from derivations.textbook import beta_1, beta_2, eps
from derivations.textbook.letters import exponent

#: c₀, c₁, c₂ of the interpolating metrics, and an eigenvalue of the covariance.
flat, efficient, natural = map(parameter, ("flat", "efficient", "natural"))
kappa = sp.Symbol("kappa", positive=True)


def natural_gradient() -> Proof:
    """The natural gradient of the diagonal empirical Fisher matrix is an overdamped limit."""
    cold = _still(COLD)
    hot = _still(HOT_METRIC)
    why = "a = 1, μ → 0: X is the gradient"
    filled = {textbook.V: (1 - averaging**t) * V}
    return Proof(
        "natural gradient",
        "the overdamped limit γτ → ∞ in the metric g = ⟨G²⟩ + ε is the natural gradient of the "
        "diagonal of the empirical Fisher matrix; a hot start makes its average unbiased",
        (
            *carried(cold, textbook.rule("natural_gradient"), {textbook.V: V}, why),
            *carried(hot, textbook.rule("natural_gradient", unbiased=True), filled, why),
        ),
    )


def covariant_gradient() -> Proof:
    """Covariant gradient descent moves by the mean gradient in a power of the covariance."""
    metric = measures.power(exponent)
    rule = derived("[CK] M D", CLASSICAL, HOT, change=lambda energy: energy.in_metric(metric)).subs(
        BETAS
    )
    states = {X: (1 - beta_1**t) * X, textbook.V: (1 - beta_2**t) * V}
    drift = rule.stages[-1]
    powers = {"0": (sp.S.Zero, 1 + eps), "½": (sp.S.Half, sp.sqrt(V) + eps), "1": (1, V + eps)}
    due = dict(drift.assignments)[w] - w
    return Proof(
        "covariant gradient",
        "[CK] M D in the metric g = κ^a + ε, κ = ⟨G²⟩, is covariant gradient descent on the "
        "diagonal: a = 0 is momentum, a = ½ Adam, a = 1 natural gradient",
        (
            *carried(
                rule,
                textbook.rule("covariant_gradient", unbiased=True),
                states,
                "hot starts make the averages unbiased",
            ),
            *(
                Step(
                    f"the drift at a = {name}",
                    "g = κ^a + ε",
                    due.subs(exponent, value),
                    -lr * X / g,
                )
                for name, (value, g) in powers.items()
            ),
        ),
    )


def interpolating() -> Proof:
    """Both readings of the interpolating metric have the same three regimes."""
    steps = []
    for one_root, name in ((False, "sum"), (True, "one root")):
        g = metrics.interpolating(kappa, flat, efficient, natural, one_root)
        two = metrics.interpolating(kappa, flat, efficient, sp.S.Zero, one_root)
        steps += [
            Step(f"{name}: small fluctuations are flat", "κ → 0", sp.Limit(g, kappa, 0), flat),
            Step(
                f"{name}: large fluctuations, without c₂, are efficient",
                "κ → ∞, equation 6.4",
                sp.Limit(two / sp.sqrt(kappa), kappa, sp.oo),
                efficient,
            ),
            Step(
                f"{name}: large fluctuations are natural",
                "κ → ∞, equation 6.5",
                sp.Limit(g / kappa, kappa, sp.oo),
                natural,
            ),
        ]
    both = [metrics.interpolating(kappa, flat, efficient, natural, root) for root in (False, True)]
    steps.append(
        Step(
            "they are two metrics",
            "the sum has cross terms",
            both[0],
            both[1],
            differs=True,
        )
    )
    steps.append(
        Step(
            "the square of the sum has cross terms that that of the root has not",
            "expand",
            both[0] ** 2 - both[1] ** 2,
            2 * flat * efficient * sp.sqrt(kappa)
            + 2 * flat * natural * kappa
            + 2 * efficient * natural * kappa ** sp.Rational(3, 2),
        )
    )
    return Proof(
        "interpolating metrics",
        "c₀ + c₁√κ + c₂κ, added or under one root, is flat, efficient and natural (g ∝ κ^a with "
        "a = 0, ½, 1) as the covariance κ grows, and differs between the regimes",
        tuple(steps),
    )


def _still(law: ThermalLaw) -> Rule:
    metric = measures.power(sp.S.One, law=law)
    rule = derived("[CK] M D", CLASSICAL, change=lambda energy: energy.in_metric(metric))
    return rule.subs({momentum: sp.S.Zero}).forgetful()


PROOFS = {
    "natural gradient": natural_gradient,
    "covariant gradient": covariant_gradient,
    "interpolating metrics": interpolating,
}
