"""Methods with a learning rate for each component: RMSProp, AdaGrad, Adam and its relatives.

Where PyTorch has the method, the order of assignments is PyTorch's.
"""

from __future__ import annotations

import sympy as sp

from derivations.algebra.symbols import G, X, lr, w, weight_decay
from derivations.algebra.symbols import momentum as mu
from derivations.step.rule import Rule, textbook
from derivations.textbook.letters import (
    M,
    S,
    V,
    Vmax,
    alpha,
    beta_1,
    beta_2,
    count,
    eps,
    eps_root,
)

#: One stage of a rule: what it is called, and its assignments.
Stage = tuple[str, dict[sp.Symbol, sp.Expr]]
MOMENTS: Stage = (
    "moments",
    {X: beta_1 * X + (1 - beta_1) * G, V: beta_2 * V + (1 - beta_2) * G**2},
)
LARGEST: Stage = ("record", {Vmax: sp.Max(Vmax, V)})


def corrected(average: sp.Expr, keep: sp.Expr) -> sp.Expr:
    """Return an average without the bias of its start from zero (Kingma and Ba, section 3)."""
    return average / (1 - keep**count)


def adam_direction(second: sp.Expr = V) -> sp.Expr:
    """Return m̂/(√v̂ + ε), the step of Adam before its learning rate."""
    return corrected(X, beta_1) / (sp.sqrt(corrected(second, beta_2)) + eps)


def rmsprop(centered: bool = False, momentum: bool = False, unclipped: bool = False) -> Rule:
    """PyTorch's RMSProp: V ← αV + (1 − α)g², w ← w − lr·g/(√V + ε) (Hinton 2012, lecture 6e).

    Centered, the variance V − M² takes the place of V (Graves, arXiv:1308.0850, eq. 38–41); where
    rounding makes it negative it is zero, but for the formula as it is printed, `unclipped`. With
    momentum, X ← μX + g/(√V + ε) and w ← w − lr·X. Source: `torch.optim.RMSprop`.
    """
    moments = {V: alpha * V + (1 - alpha) * G**2}
    spread: sp.Expr = V
    if centered:
        moments[M] = alpha * M + (1 - alpha) * G
        spread = V - M**2 if unclipped else sp.Max(V - M**2, 0)
    scaled = G / (sp.sqrt(spread) + eps)
    if not momentum:
        return textbook("RMSProp", ("moments", moments), ("weights", {w: w - lr * scaled}))
    return textbook(
        "RMSProp",
        ("moments", moments),
        ("momentum", {X: mu * X + scaled}),
        ("weights", {w: w - lr * X}),
    )


def adagrad() -> Rule:
    """AdaGrad: V ← V + g², w ← w − lr·g/(√V + ε) (Duchi et al. 2011; `torch.optim.Adagrad`)."""
    return textbook(
        "AdaGrad", ("moments", {V: V + G**2}), ("weights", {w: w - lr * G / (sp.sqrt(V) + eps)})
    )


def adam(amsgrad: bool = False, biased: bool = False) -> Rule:
    """Adam with bias correction (Kingma and Ba, arXiv:1412.6980, algorithm 1).

    `amsgrad` is PyTorch's: the largest uncorrected V so far, then corrected as V is. Source:
    `torch.optim.Adam`; `count` is the step from 1. With `biased` the averages stay as they
    are, near their start from zero.
    """
    if biased:
        return textbook("Adam", MOMENTS, ("weights", {w: w - lr * X / (sp.sqrt(V) + eps)}))
    if not amsgrad:
        return textbook("Adam", MOMENTS, ("weights", {w: w - lr * adam_direction()}))
    return textbook(
        "AdamMax", MOMENTS, LARGEST, ("weights", {w: w - lr * adam_direction(second=Vmax)})
    )


def laprop() -> Rule:
    """LaProp: the metric divides the gradient and not its average (Ziyin, Wang and Ueda 2020).

    V ← β₂V + (1 − β₂)g², X ← β₁X + (1 − β₁)g/(√v̂ + ε), w ← w − lr·X/(1 − β₁ⁿ). Source:
    arXiv:2002.04839, algorithm 1.
    """
    scaled = G / (sp.sqrt(corrected(V, beta_2)) + eps)
    return textbook(
        "LaProp",
        ("metric", {V: beta_2 * V + (1 - beta_2) * G**2}),
        ("moments", {X: beta_1 * X + (1 - beta_1) * scaled}),
        ("weights", {w: w - lr * corrected(X, beta_1)}),
    )


def adamw(amsgrad: bool = False, exact: bool = False) -> Rule:
    """Adam with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101, algorithm 2).

    As in `torch.optim.AdamW`, w ← (1 − lr·λ)w comes first. `exact` writes e^(−lr·λ), of which the
    printed factor is the first order.
    """
    keep = sp.exp(-lr * weight_decay) if exact else 1 - lr * weight_decay
    decay: Stage = ("decay", {w: keep * w})
    if not amsgrad:
        return textbook("AdamW", decay, MOMENTS, ("weights", {w: w - lr * adam_direction()}))
    return textbook(
        "AdamWMax", decay, MOMENTS, LARGEST, ("weights", {w: w - lr * adam_direction(second=Vmax)})
    )


def amsgrad() -> Rule:
    """AMSGrad as its paper prints it, without bias correction and ε.

    Reddi, Kale and Kumar, ICLR 2018, algorithm 2: v̂ ← max(v̂, v), w ← w − lr·m/√v̂.
    """
    return textbook("AMSGrad", MOMENTS, LARGEST, ("weights", {w: w - lr * X / sp.sqrt(Vmax)}))


def adabelief(rooted: bool = True) -> Rule:
    """AdaBelief: the second moment averages (g − m)², with the mean m after this gradient.

    Zhuang et al., arXiv:2010.07468, algorithm 2, as `optax.adabelief` has it: eps_root is added to
    the average that is kept, at every step (the authors' own code adds its ε there too), and eps
    to the root. Without `rooted` eps_root is left out, which optax gives as the paper's default.
    """
    spread = beta_2 * S + (1 - beta_2) * (G - X) ** 2
    return textbook(
        "AdaBelief",
        ("mean", {X: beta_1 * X + (1 - beta_1) * G}),
        ("belief", {S: spread + eps_root if rooted else spread}),
        (
            "weights",
            {w: w - lr * corrected(X, beta_1) / (sp.sqrt(corrected(S, beta_2)) + eps)},
        ),
    )
