"""What of a guest is searched: the arguments of its constructor that mean what ours mean."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from benchmarks.quantity import LENGTH, MEMORY, MOMENTUM, STEP, Quantity

MEANINGS = {
    "momentum": MOMENTUM, "beta": MOMENTUM, "beta1": MOMENTUM, "b1": MOMENTUM,
    "beta2": MEMORY, "b2": MEMORY, "rho": MEMORY, "decay": MEMORY,
}  # fmt: skip
PAIRS = {"betas": ("beta1", "beta2")}
"""Arguments that hold two hyperparameters."""
STEPS = ("lr", "learning_rate")
PROPORTIONAL = ("sgd", "asgd", "lbfgs", "optimistic_gradient_descent")
"""Those that move in proportion to the gradient, in small letters."""


def space_of(name: str, build: Callable[..., Any]) -> dict[str, Quantity]:
    """The hyperparameters of a constructor that the race knows how to search."""
    space = {}
    for argument in inspect.signature(build).parameters:
        if argument in STEPS:
            space[argument] = STEP if name.lower() in PROPORTIONAL else LENGTH
        for part in PAIRS.get(argument, (argument,)):
            if part in MEANINGS:
                space[part] = MEANINGS[part]
    return space


def arguments_of(build: Callable[..., Any], chosen: dict[str, float]) -> dict[str, Any]:
    """The chosen hyperparameters as the constructor takes them."""
    known = inspect.signature(build).parameters
    pairs = {
        pair: tuple(chosen[part] for part in parts)
        for pair, parts in PAIRS.items()
        if pair in known and chosen.keys() >= {*parts}
    }
    return {name: value for name, value in chosen.items() if name in known} | pairs
