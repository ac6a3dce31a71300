"""Reductions of the classical system in a metric of averaged gradients."""

from __future__ import annotations

import sympy as sp

from derivations import textbook
from derivations.algebra.symbols import (
    Component,
    X,
    averaging,
    gamma,
    lr,
    momentum,
    parameter,
    t,
    tau,
    w,
    weight_decay,
)  # fmt: skip
from derivations.proofs.proof import Proof, Step
from derivations.reductions.derived import (
    BETAS,
    CLASSICAL,
    HOT,
    carried,
    derived,
)
from derivations.step.rule import Rule
from derivations.system import measures
from derivations.system.energy import Energy
from derivations.system.measures import COLD, M, R, S, V
from derivations.system.metric import Metric
from derivations.textbook import letters
from derivations.textbook.letters import alpha, beta_1, beta_2, eps_root

ROOT = measures.root_mean_square()
ADAM = "[CK] M D"


def rmsprop() -> Proof:
    """RMSProp is the overdamped limit in the metric of the root mean square."""
    rule = _still(measures.root_mean_square(law=COLD))
    return Proof(
        "RMSProp",
        "the overdamped limit γτ → ∞ in the metric g = √⟨G²⟩ + ε is RMSProp",
        carried(rule, textbook.rule("rmsprop"), {textbook.V: V}, "μ → 0: X is the gradient"),
    )


def rmsprop_centered() -> Proof:
    """Centred RMSProp has the deviation for its metric."""
    rule = _still(measures.deviation())
    return Proof(
        "RMSProp, centred",
        "the overdamped limit in the metric g = √(⟨G²⟩ − ⟨G⟩²) + ε is centred RMSProp",
        carried(
            rule,
            textbook.rule("rmsprop", centered=True),
            {textbook.V: V, letters.M: M},
            "μ → 0: X is the gradient",
        ),
    )


def rmsprop_momentum() -> Proof:
    """RMSProp with momentum averages the natural gradient."""
    held = measures.holding_velocity(measures.root_mean_square(law=COLD))
    return _natural_kick("RMSProp, with momentum", held, {textbook.V: V})


def rmsprop_centered_momentum() -> Proof:
    """Centred RMSProp with momentum averages the natural gradient of the deviation."""
    held = measures.holding_velocity(measures.deviation())
    states = {textbook.V: V, letters.M: M}
    return _natural_kick("RMSProp, centred, with momentum", held, states, centered=True)


def hot_start() -> Proof:
    """Bias correction is a thermal profile: the hot start."""
    corrected = derived("[CK] D", CLASSICAL, HOT)
    raw = derived("[CK] D", CLASSICAL)
    fresh = sp.Symbol("n", positive=True)
    weights = HOT.impulse(tau) * gamma
    return Proof(
        "hot start",
        "a moving average that cools from an infinite temperature, β(0) = 0, is the average "
        "corrected for its beginning, X̂ = X/(1 − μᵗ), exactly",
        (
            Step(
                "the weight of a new gradient at the end of step n",
                "impulse of f(β) = γ(β + β₀), unit steps, μ = e^(−γ)",
                weights.subs({t: fresh - 1, tau: 1}),
                (1 - sp.exp(-gamma)) / (1 - sp.exp(-gamma * fresh)),
            ),
            *carried(
                Rule("moments", corrected.stages[:1]),
                Rule("moments", raw.stages[:1]),
                {X: (1 - momentum**t) * X},
                "X = (1 − μᵗ)X̂: the raw average of exponential cooling",
            )[:1],
        ),
    )


def adam() -> Proof:
    """Adam is the classical system in its metric, both with hot starts."""
    return Proof(
        "Adam",
        "[CK] M D of ½Xᵀg⁻¹X, g = √⟨G²⟩ + ε, with hot starts of the moments and of the metric, is "
        "Adam with bias correction",
        carried(_adam(), textbook.rule("adam"), _adam_states(), "bias corrections: hot starts"),
    )


def adamw() -> Proof:
    """AdamW adds the shrink flow: its factor is exact at one rate, first order at another."""
    exact = _adam(change=lambda energy: energy.with_shrink(lr * weight_decay))
    printed = _adam(change=lambda energy: energy.with_shrink(-sp.log(1 - lr * weight_decay)))
    return Proof(
        "AdamW",
        "[CK] M S D is AdamW: with the shrink flow at the rate λ its factor is e^(−lr·λ), at the "
        "rate −ln(1 − lr·λ)/lr it is the textbook's 1 − lr·λ",
        (
            *carried(
                printed,
                textbook.rule("adamw"),
                _adam_states(),
                "shrink at the rate −ln(1 − lr·λ)/lr",
            ),
            *carried(
                exact, textbook.rule("adamw", exact=True), _adam_states(), "shrink at the rate λ"
            )[-1:],
        ),
    )


def amsgrad() -> Proof:
    """AMSGrad's metric keeps the largest second moment."""
    metric = measures.largest()
    states = {X: (1 - beta_1**t) * X, textbook.V: V, letters.Vmax: R}
    return Proof(
        "AMSGrad",
        "[CK] M D with hot moments, in a metric that keeps the largest raw average and divides it "
        "by the part 1 − 1/β that has filled, is AMSGrad as PyTorch has it",
        carried(
            _adam(metric),
            textbook.rule("adam", amsgrad=True),
            states,
            "1 − 1/β = 1 − β₂ᵗ for β = e^(γt)",
        ),
    )


def adabelief() -> Proof:
    """AdaBelief's metric averages what the moments did not expect."""
    floor = parameter("floor")
    metric = measures.belief(floor=floor)
    states = {X: (1 - beta_1**t) * X, letters.S: (1 - beta_2**t) * S}
    rule = _adam(metric).subs({floor: eps_root / (1 - beta_2)})
    return Proof(
        "AdaBelief",
        "[CK] M D in the metric g = √⟨(G − m)²⟩ + ε, with hot starts, is AdaBelief; its ε within "
        "the average is a floor of ε/(1 − β₂)",
        carried(rule, textbook.rule("adabelief"), states, "m = (1 − β₁ᵗ)X̂ is the raw average"),
    )


def _still(metric: Metric) -> Rule:
    """The overdamped limit of `[CK] M D`, in PyTorch's α."""
    rule = derived(ADAM, CLASSICAL, change=lambda energy: energy.in_metric(metric))
    return rule.subs({momentum: sp.S.Zero}).forgetful().subs({averaging: alpha})


def _natural_kick(
    name: str, held: Metric, states: dict[Component, sp.Expr], **options: bool
) -> Proof:
    """Momentum of g⁻¹∇L: what it is, and that a constant metric makes it C K D."""
    rule = derived("C M K D", CLASSICAL, change=lambda energy: energy.in_metric(held))
    due = textbook.rule("rmsprop", momentum=True, **options)
    constant = parameter("g")
    flat = Metric((), constant)
    plain = derived("C K D", CLASSICAL, change=lambda energy: energy.in_metric(flat)).one_stage()
    kicked = derived(
        "C K D",
        CLASSICAL,
        change=lambda energy: energy.in_metric(Metric((), constant, holds_velocity=True)),
    ).one_stage()
    why = "the metric does not change: X is g times the velocity"
    return Proof(
        name,
        f"C M K D whose kick is the natural gradient g⁻¹∇L is {name}; X is a velocity then, and "
        "where the metric does not change this is C K D of ½Xᵀg⁻¹X",
        (
            *carried(rule.subs({averaging: alpha}), due, {**states, X: X}, "the kick is g⁻¹∇L"),
            Step("w after one step", why, plain[w].subs(X, constant * X), kicked[w]),
            Step("X after one step", why, plain[X].subs(X, constant * X), constant * kicked[X]),
        ),
    )


def _adam(metric: Metric = ROOT, change: object = None) -> Rule:
    """`[CK] M D` with hot moments in a metric, in β₁ and β₂."""

    def measured(energy: Energy) -> Energy:
        energy = energy.in_metric(metric)
        return change(energy) if callable(change) else energy

    word = ADAM if change is None else "[CK] M S D"
    return derived(word, CLASSICAL, HOT, measured).subs(BETAS)


def _adam_states() -> dict[Component, sp.Expr]:
    return {X: (1 - beta_1**t) * X, textbook.V: (1 - beta_2**t) * V}


PROOFS = {
    "hot start": hot_start,
    "RMSProp": rmsprop,
    "RMSProp, centred": rmsprop_centered,
    "RMSProp, with momentum": rmsprop_momentum,
    "RMSProp, centred, with momentum": rmsprop_centered_momentum,
    "Adam": adam,
    "AdamW": adamw,
    "AMSGrad": amsgrad,
    "AdaBelief": adabelief,
}
