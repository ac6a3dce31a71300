"""Guests from optax: a gradient transformation, compiled once before the clock starts."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.engine.contestant import Hyperparameters
from benchmarks.engine.extras import extra
from benchmarks.engine.objective import Objective
from benchmarks.engine.parameters import Parameters, mapped
from benchmarks.guests.library import LibraryMethod
from benchmarks.guests.signature import STEPS, arguments_of, space_of

SEARCHING = {"lbfgs"}
"""Those that search along a line, and want the loss to call by themselves."""


class OptaxMethod(LibraryMethod):
    """One of optax's optimizers, in double precision."""

    def prepare(self, chosen: Hyperparameters, start: Parameters) -> Callable[[Objective], str]:
        """The training loop; its numbers go to JAX and back on the guest's own clock."""
        jax, optax = extra("jax"), extra("optax")
        jax.config.update("jax_enable_x64", True)
        optimizer = self.build(**arguments_of(self.method, self.build, dict(chosen)))

        def step(gradient: Any, state: Any, w: Any) -> tuple[Any, Any]:
            updates, state = optimizer.update(gradient, state, w)
            return optax.apply_updates(w, updates), state

        at = mapped(jax.numpy.asarray, start)
        compiled = jax.jit(step).lower(at, optimizer.init(at), at).compile()

        def minimizer(objective: Objective) -> str:
            w, state = at, optimizer.init(at)
            while True:
                _, gradient = objective(mapped(np.array, w))
                w, state = compiled(mapped(jax.numpy.asarray, gradient), state, w)
                objective.step_made()

        return minimizer


def named(name: str) -> OptaxMethod:
    """The optimizer of that name."""
    build = getattr(extra("optax"), name)
    space = space_of(name, build)
    return OptaxMethod(
        f"optax:{name}", build, space, f"optax's {name}; searched: {', '.join(space)}."
    )


def names() -> tuple[str, ...]:
    """Whom optax can send: its functions of a learning rate."""
    functions = {n: f for n, f in vars(extra("optax")).items() if inspect.isfunction(f)}
    return tuple(
        name
        for name, function in sorted(functions.items())
        if name not in SEARCHING
        and not name.startswith(("_", "scale_"))
        and set(STEPS) & set(inspect.signature(function).parameters)
    )
