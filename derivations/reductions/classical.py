"""Reductions of the classical system, κ = ½X²."""

from __future__ import annotations

import sympy as sp

from derivations import textbook
from derivations.algebra.symbols import G, X, c, gamma, h, lr, momentum, tau, w, weight_decay
from derivations.proofs.proof import Proof, Step
from derivations.reductions.derived import (
    CLASSICAL,
    CONSTANT,
    COOLING,
    derived,
    same_step,
    system,
)  # fmt: skip
from derivations.step.composition import compose
from derivations.step.parametrisation import dampened, lr_form
from derivations.system.thermal import ThermalLaw


def accumulated() -> Proof:
    """`K D` at constant temperature is the paper's accumulated gradient, which never settles."""
    rule = derived("K D", CLASSICAL, CONSTANT)
    curvature = sp.Symbol("Lambda", positive=True)
    whole = {x: value.subs(G, curvature * w) for x, value in rule.one_stage().items()}
    matrix = sp.Matrix([whole[X], whole[w]]).jacobian([X, w])
    return Proof(
        "accumulated gradient",
        "K D at constant temperature is X ← X + g, w ← w − lr·X; it is undamped momentum, not SGD",
        (
            *same_step(rule, textbook.accumulated(), "no friction: decay 1, impulse τ"),
            Step(
                "on the loss Λw²/2 the two eigenvalues of a step have the product one",
                "determinant of the Jacobian: the flow preserves volume",
                matrix.det(),
                sp.S.One,
            ),
            Step(
                "and the sum 2 − lr·Λ, so both lie on the unit circle for 0 < lr·Λ < 4",
                "trace of the Jacobian",
                matrix.trace(),
                2 - lr * curvature,
            ),
        ),
    )


def sgd() -> Proof:
    """The limit γτ → ∞ of `[CK] D` is gradient descent."""
    rate = ThermalLaw(gamma * sp.Symbol("beta", positive=True))
    whole = compose("[CK] D", system(CLASSICAL, rate), rate).one_stage()
    fixed = {c: sp.sqrt(lr * gamma * h**2 / tau)}
    return Proof(
        "SGD",
        "the overdamped limit of [CK] D, γ → ∞ at fixed lr = τc²/(γh²), is w ← w − lr·g",
        (
            Step(
                "the weights after one step, in the limit",
                "γ → ∞ at fixed lr: e^(−γτ) vanishes",
                sp.Limit(whole[w].subs(fixed), gamma, sp.oo),
                textbook.sgd().one_stage()[w],
            ),
        ),
    )


def heavy_ball() -> Proof:
    """`C K D` is momentum as PyTorch states it."""
    return Proof(
        "momentum",
        "C K D under exponential cooling is PyTorch's momentum, X ← μX + g, w ← w − lr·X",
        same_step(
            derived("C K D", CLASSICAL), textbook.heavy_ball(), "μ = e^(−γτ), lr = τ/h, τc²/h = 1"
        ),
    )


def dampening() -> Proof:
    """Dampening is a smaller unit of energy, from the second step on."""
    law = COOLING
    form = dampened(lr_form(law, damped=True, joint=False))
    rule = compose("C K D", system(CLASSICAL, law), law).subs(form)
    due = textbook.rule("dampened").one_stage()
    why = "c² = h(1 − dampening)"
    later, first = {textbook.count: sp.Integer(2)}, {textbook.count: sp.S.One}
    whole = rule.one_stage()
    plain = {x: value.subs(textbook.dampening, 0) for x, value in whole.items()}
    return Proof(
        "dampening",
        "C K D whose kick is 1 − dampening of the gradient is PyTorch's momentum with dampening, "
        "whose first step has none",
        (
            Step("X after a later step", why, whole[X], due[X].subs(later)),
            Step("w after a later step", why, whole[w], due[w].subs(later)),
            Step("X after the first step", "dampening 0", plain[X], due[X].subs(first)),
            Step("w after the first step", "dampening 0", plain[w], due[w].subs(first)),
        ),
    )


def moving_average() -> Proof:
    """`[CK] D` is momentum as a moving average."""
    return Proof(
        "moving average",
        "[CK] D under exponential cooling is X ← μX + (1 − μ)g, w ← w − lr·X",
        same_step(
            derived("[CK] D", CLASSICAL),
            textbook.moving_average(),
            "μ = e^(−γτ), lr = τ/h, c² = hγ",
        ),
    )


def l2_decay() -> Proof:
    """A harmonic term in the loss is L2 weight decay."""
    rule = derived("C K D", CLASSICAL, change=lambda energy: energy.with_l2(weight_decay))
    return Proof(
        "L2 weight decay",
        "(βc²/k)(λ/2)w² in the potential adds λw to the gradient",
        same_step(rule, textbook.l2_decay(), "the harmonic potential carries the β of the loss"),
    )


def decoupled_decay() -> Proof:
    """The shrink flow is decoupled weight decay."""
    rule = derived(
        "C K S D", CLASSICAL, change=lambda energy: energy.with_shrink(lr * weight_decay)
    )
    factor = rule.one_stage()[w].coeff(w)
    return Proof(
        "decoupled weight decay",
        "the flow of (h/k)λβ(X·w + U) shrinks w by e^(−lr·λ), of which 1 − lr·λ is the first order",
        (
            *same_step(rule, textbook.decoupled_decay(), "exact flow of the generator X·w"),
            Step(
                "the textbook's factor, to first order in λ",
                "Taylor series at λ = 0",
                sp.series(factor, weight_decay, 0, 2).removeO(),
                1 - lr * weight_decay,
            ),
        ),
    )


def nesterov() -> Proof:
    """The look-ahead word, read at its gradient point, is Nesterov's method as PyTorch has it."""
    rule = derived("C (D) K D", CLASSICAL).from_gradient_point()
    kept = {x: value.subs(X, momentum * X) for x, value in rule.one_stage().items()}
    due = textbook.nesterov().one_stage()
    return Proof(
        "Nesterov",
        "C (D) K D, read where its gradient is taken, is PyTorch's Nesterov momentum",
        (
            Step("w after one step", "the state X is μ times PyTorch's buffer", kept[w], due[w]),
            Step(
                "X after one step",
                "the state X is μ times PyTorch's buffer",
                kept[X],
                momentum * due[X],
            ),
        ),
    )


PROOFS = {
    "accumulated gradient": accumulated,
    "SGD": sgd,
    "momentum": heavy_ball,
    "dampening": dampening,
    "moving average": moving_average,
    "L2 weight decay": l2_decay,
    "decoupled weight decay": decoupled_decay,
    "Nesterov": nesterov,
}
