"""Cautious methods: a component moves only where its step agrees with the present gradient."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import total
from derivations.algebra.symbols import G, X, lr, momentum, w
from derivations.step.rule import Rule, textbook
from derivations.textbook.adaptive import MOMENTS, adam_direction
from derivations.textbook.letters import beta_2
from derivations.textbook.lion import AHEAD


def masked(step: sp.Expr, rescaled: bool = True) -> sp.Expr:
    """Return the components of a step u where u·g > 0, and zero elsewhere.

    `rescaled` multiplies by n/(count + 1), where `count` of the n components of the whole set are
    left. Liang, Chen, Liu and Liu, arXiv:2411.16085, algorithm 1 and its default scaling.
    """
    agrees = sp.Max(sp.sign(step * G), 0)
    scale = total(sp.S.One) / (total(agrees) + 1) if rescaled else sp.S.One
    return scale * agrees * step


def cautious_momentum(rescaled: bool = True) -> Rule:
    """Momentum with the cautious mask (arXiv:2411.16085, algorithm 1)."""
    return textbook(
        "CautiousMomentum",
        ("moments", {X: momentum * X + G}),
        ("weights", {w: w - lr * masked(X, rescaled)}),
    )


def cautious_adam(rescaled: bool = True) -> Rule:
    """Adam with the cautious mask (arXiv:2411.16085, C-AdamW without its decay)."""
    return textbook(
        "CautiousAdam", MOMENTS, ("weights", {w: w - lr * masked(adam_direction(), rescaled)})
    )


def cautious_lion(rescaled: bool = True) -> Rule:
    """Lion with the cautious mask (arXiv:2411.16085, C-Lion without its decay)."""
    return textbook(
        "CautiousLion",
        ("weights", {w: w - lr * masked(sp.sign(AHEAD), rescaled)}),
        ("moments", {X: beta_2 * X + (1 - beta_2) * G}),
    )
