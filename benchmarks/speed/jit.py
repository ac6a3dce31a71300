"""optax at work: the whole step under jax.jit, whose arguments it may overwrite."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from benchmarks.engine.parameters import Array
from benchmarks.speed.comparison import Contestant
from benchmarks.speed.work import Work, sampled

Options = Mapping[str, float]


def library(name: str, threads: int) -> Any:
    """JAX or a library on it. Its threads are set when it is first imported in a process."""
    for variable in ("PJRT_NPROC", "NPROC"):
        os.environ.setdefault(variable, str(threads))
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    return importlib.import_module(name)


def relativistic(options: Options) -> Any:
    """Relativistic gradient descent between two gradients; the norm is that of all arrays."""
    jax, optax = importlib.import_module("jax"), importlib.import_module("optax")
    lr, mu, delta = options["lr"], options["momentum"], options["delta"]

    def drift(X: Any) -> Any:
        factor = -lr / jax.numpy.sqrt(1 + delta * lr**2 * _square(jax, X))
        return jax.tree.map(lambda x: factor * x, X)

    def update(gradient: Any, X: Any, params: Any = None) -> tuple[Any, Any]:
        kicked = jax.tree.map(jax.numpy.add, X, gradient)
        cooled = jax.tree.map(lambda x: mu * x, kicked)
        return jax.tree.map(jax.numpy.add, drift(kicked), drift(cooled)), cooled

    return optax.GradientTransformation(_at_rest(jax), update)


def _square(jax: Any, X: Any) -> Any:
    return sum(jax.numpy.vdot(x, x) for x in jax.tree.leaves(X))


def _at_rest(jax: Any) -> Callable[[Any], Any]:
    return lambda params: jax.tree.map(jax.numpy.zeros_like, params)


def _optax(name: str, **names: str) -> Callable[[Options], Any]:
    """A method of optax, given our options under its names for them."""

    def make(options: Options) -> Any:
        given = {names.get(option, option): value for option, value in options.items()}
        return getattr(importlib.import_module("optax"), name)(given.pop("lr"), **given)

    return make


_BETAS = {"beta_1": "b1", "beta_2": "b2"}

TRANSFORMATIONS: dict[str, Callable[[Options], Any]] = {
    "momentum": _optax("sgd"),
    "RGD": relativistic,
    "Adam": _optax("adam", **_BETAS),
    "AdamW": _optax("adamw", **_BETAS),
    "Lion": lambda options: _optax("lion", **_BETAS)({**options, "weight_decay": 0.0}),
}


class _Steps:
    def __init__(self, work: Work) -> None:
        self.jax = library("jax", work.threads)
        optax = library("optax", work.threads)
        transformation = TRANSFORMATIONS[work.method.name](work.method.options)

        def step(weights: Any, state: Any, gradient: Any) -> tuple[Any, Any]:
            updates, state = transformation.update(gradient, state, weights)
            return optax.apply_updates(weights, updates), state

        self.precise = work.dtype == "float64"
        with self.jax.enable_x64(self.precise):
            self.step = self.jax.jit(step, donate_argnums=(0, 1))
            made = [self.jax.numpy.array(array) for array in work.start]
            self.weights = work.whole(made)
            self.gradient = work.whole([self.jax.numpy.array(g) for g in work.gradients])
            self.state = transformation.init(self.weights)

    def run(self, calls: int) -> None:
        step, weights, state, gradient = self.step, self.weights, self.state, self.gradient
        with self.jax.enable_x64(self.precise):
            for _ in range(calls):
                weights, state = step(weights, state, gradient)
            self.jax.block_until_ready(weights)
        self.weights, self.state = weights, state

    def values(self) -> Array:
        return sampled([np.array(array) for array in self.jax.tree.leaves(self.weights)])


OPTAX = Contestant("optax, jit", _Steps)
