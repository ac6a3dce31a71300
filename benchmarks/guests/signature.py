"""What of a guest is searched: the arguments of its constructor that mean what ours mean."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.engine.quantity import LENGTH, MEMORY, MOMENTUM, STEP, Quantity

MEANINGS: Mapping[str, Quantity] = {
    "momentum": MOMENTUM, "beta": MOMENTUM, "beta1": MOMENTUM, "b1": MOMENTUM,
    "beta2": MEMORY, "b2": MEMORY, "rho": MEMORY, "decay": MEMORY,
}  # fmt: skip
PAIRS = {"betas": ("beta1", "beta2")}
"""Arguments that hold two hyperparameters."""
STEPS = ("lr", "learning_rate")
PROPORTIONAL = ("sgd", "asgd", "noisy_sgd", "optimistic_gradient_descent")
"""Those that move in proportion to the gradient, in small letters."""
OWN: Mapping[str, Mapping[str, Quantity | None]] = {
    "RMSprop": {"alpha": MEMORY, "momentum": None},
    "rmsprop": {"momentum": None},
    "lion": {"b2": MOMENTUM},
}
"""Arguments that mean something else here than elsewhere; None for one that is not searched, as in
our own method of that name."""
FIXED: Mapping[str, Mapping[str, Any]] = {
    "LBFGS": {"tolerance_grad": 0.0, "tolerance_change": 0.0},
}
"""Arguments that would end a run before its budget does."""
PLAIN: Mapping[str, Any] = {"weight_decay": 0.0}
"""Arguments by which another loss than the problem's would be minimized."""


def space_of(name: str, build: Callable[..., Any]) -> dict[str, Quantity]:
    """The hyperparameters of a constructor that the race knows how to search."""
    space = {}
    step = STEP if name.lower() in PROPORTIONAL else LENGTH
    meanings = {**MEANINGS, **dict.fromkeys(STEPS, step), **OWN.get(name, {})}
    for argument in inspect.signature(build).parameters:
        for part in PAIRS.get(argument, (argument,)):
            quantity = meanings.get(part)
            if quantity is not None:
                space[part] = quantity
    return space


def arguments_of(name: str, build: Callable[..., Any], chosen: dict[str, float]) -> dict[str, Any]:
    """The chosen hyperparameters as the constructor takes them, with those that are fixed."""
    known = inspect.signature(build).parameters
    pairs = {
        pair: tuple(chosen[part] for part in parts)
        for pair, parts in PAIRS.items()
        if pair in known and chosen.keys() >= {*parts}
    }
    own = {argument: value for argument, value in chosen.items() if argument in known}
    plain = {argument: value for argument, value in PLAIN.items() if argument in known}
    return own | pairs | plain | dict(FIXED.get(name, {}))
