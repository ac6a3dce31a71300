"""Gradient descent and momentum, in PyTorch's order of assignments."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.symbols import G, X, lr, momentum, w, weight_decay
from derivations.step.rule import Rule, textbook
from derivations.textbook.letters import alpha, count, dampening


def sgd() -> Rule:
    """Gradient descent: w ← w − lr·g (Robbins and Monro 1951)."""
    return textbook("SGD", ("weights", {w: w - lr * G}))


def heavy_ball() -> Rule:
    """PyTorch's SGD with momentum: X ← μX + g, w ← w − lr·X (Polyak 1964)."""
    return textbook("Momentum", ("moments", {X: momentum * X + G}), ("weights", {w: w - lr * X}))


def dampened() -> Rule:
    """PyTorch's SGD with momentum and dampening: X ← μX + (1 − dampening)g.

    The first step takes the gradient whole, X ← g, so that min(count − 1, 1) turns the dampening
    on at the second. Source: `torch.optim.SGD`; without momentum PyTorch ignores its dampening.
    """
    share = 1 - dampening * sp.Min(count - 1, 1)
    return textbook(
        "Dampened", ("moments", {X: momentum * X + share * G}), ("weights", {w: w - lr * X})
    )


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


def quasi_hyperbolic() -> Rule:
    """QHM: X ← μX + (1 − μ)g, w ← w − lr((1 − ν)g + νX) (Ma and Yarats, arXiv:1810.06801, eq. 3).

    ν is `alpha`.
    """
    return textbook(
        "QHM",
        ("moments", {X: momentum * X + (1 - momentum) * G}),
        ("weights", {w: w - lr * ((1 - alpha) * G + alpha * X)}),
    )
