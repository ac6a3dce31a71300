"""Methods whose metric is a covariance of the gradients: natural and covariant gradient."""

from __future__ import annotations

from derivations.algebra.symbols import G, X, averaging, lr, w
from derivations.step.rule import Rule, textbook
from derivations.textbook.adaptive import corrected
from derivations.textbook.letters import V, beta_1, beta_2, eps, exponent


def natural_gradient(unbiased: bool = False) -> Rule:
    """Natural gradient with the diagonal of the empirical Fisher matrix: w ← w − lr·g/(F + ε).

    F is the average of g², F ← bF + (1 − b)g², and ε damps it; `unbiased` divides F by 1 − bᵗ.
    Amari, Neural Computation 10 (1998); the running average is that of Amari, Park and Fukumizu,
    Neural Computation 12 (2000).
    """
    fisher = corrected(V, averaging) if unbiased else V
    return textbook(
        "NaturalGradient",
        ("moments", {V: averaging * V + (1 - averaging) * G**2}),
        ("weights", {w: w - lr * G / (fisher + eps)}),
    )


def covariant_gradient(centered: bool = False, unbiased: bool = False) -> Rule:
    """Covariant gradient descent on the diagonal: w ← w − lr·F/g from two moments of the gradient.

    The force F is the mean of g, the metric ε + Mᵃ a power (`exponent`) of the second moment, or
    of the mean squared deviation from F where `centered`. An average with memory T keeps T/(1 + T),
    which is β. Guskov and Vanchurin, arXiv:2504.05279, sections 3 and 4, whose averages are not
    corrected for their beginning; `unbiased` divides them by 1 − βᵗ. The power law is eq. 2.9 of
    Vanchurin's geometric learning dynamics: ½ is RMSProp, Adam or AdaBelief, 1 natural gradient.
    """
    spread = (G - X if centered else G) ** 2
    force = corrected(X, beta_1) if unbiased else X
    second = corrected(V, beta_2) if unbiased else V
    return textbook(
        "CovariantGradient",
        ("mean", {X: beta_1 * X + (1 - beta_1) * G}),
        ("spread", {V: beta_2 * V + (1 - beta_2) * spread}),
        ("weights", {w: w - lr * force / (eps + second**exponent)}),
    )
