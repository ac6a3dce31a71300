"""Update rules as their own papers and PyTorch state them, typed apart from what is derived.

Each is one half of a reduction, and a baseline of the race: a rule like any other.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from derivations.components import norm2
from derivations.rule import Rule, textbook
from derivations.symbols import Component, G, X, lr, momentum, parameter, w, weight_decay

V = Component("V")
count = sp.Symbol("count", positive=True)
dampening, eps, alpha, delta = map(parameter, ("dampening", "eps", "alpha", "delta"))
beta_1, beta_2 = map(parameter, ("beta_1", "beta_2"))


def sgd() -> Rule:
    """Gradient descent: w ← w − lr·g (Robbins and Monro 1951)."""
    return textbook("SGD", ("weights", {w: w - lr * G}))


def heavy_ball() -> Rule:
    """PyTorch's SGD with momentum: X ← μX + g, w ← w − lr·X (Polyak 1964)."""
    return textbook("Momentum", ("moments", {X: momentum * X + G}), ("weights", {w: w - lr * X}))


def moving_average() -> Rule:
    """Momentum as a moving average: X ← μX + (1 − μ)g, w ← w − lr·X."""
    return textbook(
        "MovingAverage",
        ("moments", {X: momentum * X + (1 - momentum) * G}),
        ("weights", {w: w - lr * X}),
    )


def accumulated() -> Rule:
    """The paper's accumulated gradient: X ← X + ζ∇L, w ← w − ηX, with ζ = 1."""
    return textbook("Accumulated", ("moments", {X: X + G}), ("weights", {w: w - lr * X}))


def l2_decay() -> Rule:
    """PyTorch's SGD with momentum and weight decay: g ← g + λw (Krogh and Hertz 1992)."""
    return textbook(
        "MomentumL2",
        ("moments", {X: momentum * X + (G + weight_decay * w)}),
        ("weights", {w: w - lr * X}),
    )


def decoupled_decay() -> Rule:
    """Momentum with decoupled weight decay, w ← e^(−lr·λ)w in place of the printed 1 − lr·λ.

    The printed factor is the first order of the exponential (Loshchilov and Hutter 2019).
    """
    return textbook(
        "MomentumDecoupled",
        ("moments", {X: momentum * X + G}),
        ("decay", {w: sp.exp(-lr * weight_decay) * w}),
        ("weights", {w: w - lr * X}),
    )


def nesterov() -> Rule:
    """PyTorch's SGD with nesterov=True: X ← μX + g, w ← w − lr(g + μX)."""
    return textbook(
        "Nesterov",
        ("moments", {X: momentum * X + G}),
        ("weights", {w: w - lr * (G + momentum * X)}),
    )


def rmsprop(centered: bool = False) -> Rule:
    """PyTorch's RMSprop: V ← αV + (1 − α)g², w ← w − lr·g/(√V + ε) (Hinton 2012).

    Centered, the variance V − M² takes the place of V.
    """
    mean = Component("M")
    moments = {V: alpha * V + (1 - alpha) * G**2}
    spread = V
    if centered:
        moments[mean] = alpha * mean + (1 - alpha) * G
        spread = V - mean**2
    return textbook(
        "RMSProp",
        ("moments", moments),
        ("weights", {w: w - lr * G / (sp.sqrt(spread) + eps)}),
    )


def adam() -> Rule:
    """Adam with bias correction (Kingma and Ba 2014, algorithm 1); `count` is the step from 1."""
    return textbook(
        "Adam",
        ("moments", {X: beta_1 * X + (1 - beta_1) * G, V: beta_2 * V + (1 - beta_2) * G**2}),
        (
            "weights",
            {w: w - lr * (X / (1 - beta_1**count)) / (sp.sqrt(V / (1 - beta_2**count)) + eps)},
        ),
    )


def with_l2(rule: Rule) -> Rule:
    """Add PyTorch's weight decay, g ← g + λw, to every place where a rule reads the gradient."""
    return rule.subs({G: G + weight_decay * w})


def relativistic(alpha: sp.Expr, epsilon: sp.Expr, delta: sp.Expr) -> dict[str, sp.Expr]:
    """Relativistic gradient descent as its paper has it, in the velocity v (here the symbol X).

    Returns the half point x½ at which the gradient G is taken, and x and v after the step. Source:
    França et al., arXiv:1903.04100, algorithm 1.
    """
    v, mu = X, momentum
    half = w + sp.sqrt(mu) * v / sp.sqrt(mu * delta * norm2(v) + 1)
    kicked = sp.sqrt(mu) * v - epsilon * G
    after = alpha * half + (1 - alpha) * w + kicked / sp.sqrt(delta * norm2(kicked) + 1)
    return {"half": half, "x": after, "v": sp.sqrt(mu) * kicked}


def sign_descent() -> Rule:
    """Sign descent with momentum: X ← μX + g, w ← w − lr·sign(X)."""
    return textbook(
        "SignSGD", ("moments", {X: momentum * X + G}), ("weights", {w: w - lr * sp.sign(X)})
    )


def normalised() -> Rule:
    """Normalised descent with momentum: X ← μX + g, w ← w − lr·X/‖X‖."""
    return textbook(
        "NormalizedGD",
        ("moments", {X: momentum * X + G}),
        ("weights", {w: w - lr * X / sp.sqrt(norm2(X))}),
    )


RULES: dict[str, Callable[..., Rule]] = {
    made.__name__: made
    for made in (
        sgd, heavy_ball, moving_average, accumulated, l2_decay, decoupled_decay, nesterov, rmsprop,
        adam, sign_descent, normalised,
    )
}  # fmt: skip


def rule(name: str, decay: bool = False, **options: bool) -> Rule:
    """Return a textbook rule by name; `decay` adds L2 weight decay.

    >>> rule("sgd").parameters
    (lr,)
    """
    found = RULES[name](**options)
    return with_l2(found) if decay else found
