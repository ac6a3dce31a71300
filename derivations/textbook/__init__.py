"""Update rules as their own papers and libraries state them, typed apart from what is derived.

Each is one half of a reduction, and a baseline of the race: a rule like any other.
"""

from __future__ import annotations

from collections.abc import Callable

from derivations.algebra.symbols import G, w, weight_decay
from derivations.step.rule import Rule
from derivations.textbook.adaptive import adabelief, adagrad, adam, adamw, amsgrad, rmsprop
from derivations.textbook.bregman import bregman
from derivations.textbook.cautious import cautious_adam, cautious_lion, cautious_momentum, masked
from derivations.textbook.foreign import clipped_momentum, lamb, lars, vradam
from derivations.textbook.geometric import covariant_gradient, natural_gradient
from derivations.textbook.kinetic import (
    braking,
    hamiltonian_descent,
    quartic,
    relativistic,
)
from derivations.textbook.letters import (
    V,
    alpha,
    beta_1,
    beta_2,
    count,
    dampening,
    delta,
    eps,
)
from derivations.textbook.lion import lion, lion_k, normalised, sign_descent
from derivations.textbook.momentum import (
    accumulated,
    dampened,
    decoupled_decay,
    heavy_ball,
    l2_decay,
    moving_average,
    nesterov,
    sgd,
)

RULES: dict[str, Callable[..., Rule]] = {
    made.__name__: made
    for made in (
        sgd, heavy_ball, dampened, moving_average, accumulated, l2_decay, decoupled_decay, nesterov,
        rmsprop, adagrad, adam, adamw, amsgrad, adabelief, sign_descent, normalised, lion,
        braking, quartic, hamiltonian_descent, natural_gradient, covariant_gradient,
        bregman, cautious_momentum, cautious_adam, cautious_lion, vradam, clipped_momentum, lars,
        lamb,
    )
}  # fmt: skip

__all__ = [
    "RULES", "V", "accumulated", "adabelief", "adagrad", "adam", "adamw", "alpha", "amsgrad",
    "beta_1", "beta_2", "braking", "bregman", "cautious_adam", "cautious_lion",
    "cautious_momentum", "clipped_momentum", "count", "covariant_gradient", "dampened",
    "dampening", "decoupled_decay", "delta", "eps", "hamiltonian_descent", "heavy_ball",
    "l2_decay", "lamb", "lars", "lion", "lion_k", "masked", "moving_average", "natural_gradient",
    "nesterov", "normalised", "quartic", "relativistic", "rmsprop", "rule", "sgd", "sign_descent",
    "vradam", "with_l2",
]  # fmt: skip


def with_l2(rule: Rule) -> Rule:
    """Add PyTorch's weight decay, g ← g + λw, to every place where a rule reads the gradient."""
    return rule.subs({G: G + weight_decay * w})


def rule(name: str, decay: bool = False, **options: bool) -> Rule:
    """Return a textbook rule by name; `decay` adds L2 weight decay.

    >>> rule("sgd").parameters
    (lr,)
    """
    found = RULES[name](**options)
    return with_l2(found) if decay else found
