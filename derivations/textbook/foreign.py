"""Methods that are no Hamiltonian flow, to be told apart from those that are."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import norm2
from derivations.algebra.symbols import G, X, lr, momentum, w, weight_decay
from derivations.step.rule import Rule, textbook
from derivations.textbook.adaptive import MOMENTS, adam_direction, corrected
from derivations.textbook.letters import (
    V,
    beta_1,
    beta_2,
    beta_3,
    cutoff,
    eps,
    max_norm,
    trust,
)


def vradam(capped: bool = True, in_metric: bool = False) -> Rule:
    """VRAdam: Adam's step with the learning rate lr/(1 + min(β₃‖m‖², cutoff)).

    Vaidhyanathan et al., arXiv:2505.13196, algorithm 1, without its decay; their α₁ is `cutoff`.
    The norm is the Euclidean one of the uncorrected average, while the step goes by Adam's metric,
    so that it is no gradient of a kinetic energy. Without `capped` the brake has no limit.
    `in_metric` is not the paper's: the brake by Σ m̂²/(√v̂ + ε), the norm in the metric.
    """
    brake = beta_3 * norm2(X)
    if in_metric:
        metric = sp.sqrt(corrected(V, beta_2)) + eps
        brake = beta_3 * norm2(corrected(X, beta_1) / sp.sqrt(metric))
    if capped:
        brake = sp.Min(brake, cutoff)
    return textbook("VRAdam", MOMENTS, ("weights", {w: w - lr / (1 + brake) * adam_direction()}))


def clipped_momentum() -> Rule:
    """Momentum of clipped gradients: X ← μX + g·min(1, c/‖g‖), w ← w − lr·X.

    Pascanu, Mikolov and Bengio, arXiv:1211.5063, algorithm 1. The force is no slope of a loss.
    """
    clip = sp.Min(1, max_norm / sp.sqrt(norm2(G)))
    return textbook(
        "ClippedMomentum",
        ("moments", {X: momentum * X + clip * G}),
        ("weights", {w: w - lr * X}),
    )


def lars() -> Rule:
    """LARS for one layer: X ← μX + lr·η‖w‖/(‖g‖ + λ‖w‖)·(g + λw), w ← w − X.

    You, Gitman and Ginsburg, arXiv:1708.03888, algorithm 1. The kick depends on g beyond first
    order.
    """
    size = sp.sqrt(norm2(w))
    rate = trust * size / (sp.sqrt(norm2(G)) + weight_decay * size)
    return textbook(
        "LARS",
        ("moments", {X: momentum * X + lr * rate * (G + weight_decay * w)}),
        ("weights", {w: w - X}),
    )


def lamb() -> Rule:
    """LAMB for one layer: Adam's step u, with decay r = u + λw, and w ← w − lr·‖w‖/‖r‖·r.

    You et al., arXiv:1904.00962, algorithm 2 with φ(z) = z. The speed depends on where w is.
    """
    ratio = adam_direction() + weight_decay * w
    return textbook(
        "LAMB",
        MOMENTS,
        ("weights", {w: w - lr * sp.sqrt(norm2(w)) / sp.sqrt(norm2(ratio)) * ratio}),
    )
