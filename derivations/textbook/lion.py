"""Lion and its family: a step from an average that looks ahead of the one that is kept."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from derivations.algebra.components import norm2
from derivations.algebra.symbols import G, X, lr, momentum, w, weight_decay
from derivations.step.rule import Rule, textbook
from derivations.textbook.letters import beta_1, beta_2

#: The average that Lion steps along, c = β₁m + (1 − β₁)g with the m before this gradient.
AHEAD = beta_1 * X + (1 - beta_1) * G


def sign_descent() -> Rule:
    """Sign descent with momentum: X ← μX + g, w ← w − lr·sign(X).

    Bernstein et al., arXiv:1802.04434, algorithm 2 (Signum), its average without (1 − μ).
    """
    return textbook(
        "SignSGD", ("moments", {X: momentum * X + G}), ("weights", {w: w - lr * sp.sign(X)})
    )


def normalised() -> Rule:
    """Normalised descent with momentum: X ← μX + g, w ← w − lr·X/‖X‖ (arXiv:1507.02030)."""
    return textbook(
        "NormalizedGD",
        ("moments", {X: momentum * X + G}),
        ("weights", {w: w - lr * X / sp.sqrt(norm2(X))}),
    )


def lion_k(
    gradient: Callable[[sp.Expr], sp.Expr],
    decoupled: bool = False,
    exact: bool = False,
    name: str = "LionK",
) -> Rule:
    """Lion-𝒦: w ← w − lr(∇𝒦(β₁X + (1 − β₁)g) + λw), then X ← β₂X + (1 − β₂)g.

    Chen, Liu, Liang and Liu, arXiv:2310.05898, the discrete Lion-𝒦, whose m is −X; `gradient` is
    ∇𝒦, an odd function. Without `decoupled` λ is left out; `exact` decays w by e^(−lr·λ).

    >>> lion_k(lambda c: c).parameters
    (beta_1, beta_2, lr)
    """
    step = lr * gradient(AHEAD)
    keep: sp.Expr = sp.S.One
    if decoupled:
        keep = sp.exp(-lr * weight_decay) if exact else 1 - lr * weight_decay
    return textbook(
        name, ("weights", {w: keep * w - step}), ("moments", {X: beta_2 * X + (1 - beta_2) * G})
    )


def lion(decoupled: bool = False, exact: bool = False) -> Rule:
    """Lion: w ← w − lr(sign(β₁m + (1 − β₁)g) + λw), then m ← β₂m + (1 − β₂)g.

    Chen et al., arXiv:2302.06675, algorithm 2; `optax.lion`. Without `decoupled` λ is left out;
    `exact` writes the decay as w ← e^(−lr·λ)w.
    """
    return lion_k(sp.sign, decoupled, exact, name="Lion")
