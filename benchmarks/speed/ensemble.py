"""Part `ensemble`: a million runs of a hundred steps each on a double well, as one call.

The double well is f(x, y) = (x² − 1)² + y². Starts are uniform in [−2, 2]².
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

import hermosis as hm
from benchmarks.engine.parameters import Array
from benchmarks.speed.comparison import Agreement, Contestant, NotPlayed, compare
from benchmarks.speed.ensemble_loop import LOOP
from benchmarks.speed.jit import TRANSFORMATIONS, library
from benchmarks.speed.methods import METHODS, Method
from benchmarks.speed.plan import Case, Plan
from benchmarks.speed.row import Row

MEMBERS, QUICK_MEMBERS = 1_000_000, 10_000
STEPS = 100
LR = 1e-2
TOLERANCE = 1e-6
PLAYED = ("momentum", "RGD", "Adam")
Options = Mapping[str, float]


@dataclass(frozen=True)
class Runs:
    """A method, and how many members take how many steps."""

    method: Method
    members: int
    steps: int
    threads: int

    @cached_property
    def starts(self) -> Array:
        """Where the members start, (members, 2)."""
        return np.random.default_rng(4).uniform(-2, 2, (self.members, 2))


def double_well(x: Any, y: Any) -> Any:
    """The objective, for numbers, arrays and symbols."""
    return (x**2 - 1) ** 2 + y**2


class _Ours:
    def __init__(self, runs: Runs) -> None:
        hm.set_num_threads(runs.threads)
        self.fun = hm.symbolic(double_well)
        self.opt, self.runs = runs.method.optimizer(), runs

    def run(self, calls: int) -> None:
        for _ in range(calls):
            self.result = hm.ensemble(self.fun, self.runs.starts, self.opt, steps=self.runs.steps)

    def values(self) -> Array:
        found: Array = np.asarray(self.result.x)
        worst = np.max(np.abs(np.asarray(self.result.fun) - double_well(*found.T)))
        if not worst <= TOLERANCE:
            raise NotPlayed(f"disagrees: fun is {worst:.1e} from the loss at x")
        return found


class _Scan:
    def __init__(self, runs: Runs) -> None:
        self.jax = jax = library("jax", runs.threads)
        optax = library("optax", runs.threads)
        transformation = TRANSFORMATIONS[runs.method.name](runs.method.options)
        slope = jax.grad(lambda w: double_well(w[0], w[1]))

        def step(carried: Any, _: None) -> tuple[Any, None]:
            w, state = carried
            updates, state = transformation.update(slope(w), state, w)
            return (optax.apply_updates(w, updates), state), None

        def one(start: Any) -> Any:
            first = (start, transformation.init(start))
            return jax.lax.scan(step, first, None, length=runs.steps)[0][0]

        with jax.enable_x64(True):
            self.all = jax.jit(jax.vmap(one))
            self.starts = jax.numpy.array(runs.starts)

    def run(self, calls: int) -> None:
        with self.jax.enable_x64(True):
            for _ in range(calls):
                self.last = self.all(self.starts).block_until_ready()

    def values(self) -> Array:
        return np.array(self.last)


def _momentum(w: Array, g: Array, s: dict[str, Array], options: Options, count: int) -> Array:
    s["X"] = options["momentum"] * s["X"] + g
    return w - options["lr"] * s["X"]


def _relativistic(w: Array, g: Array, s: dict[str, Array], options: Options, count: int) -> Array:
    lr, delta = options["lr"], options["delta"]

    def drift(X: Array) -> Array:
        square = np.sum(X**2, axis=1, keepdims=True)
        moved: Array = lr * X / np.sqrt(1 + delta * lr**2 * square)
        return moved

    kicked = s["X"] + g
    s["X"] = options["momentum"] * kicked
    return w - drift(kicked) - drift(s["X"])


def _adam(w: Array, g: Array, s: dict[str, Array], options: Options, count: int) -> Array:
    beta_1, beta_2 = options["beta_1"], options["beta_2"]
    s["X"] = beta_1 * s["X"] + (1 - beta_1) * g
    s["V"] = beta_2 * s["V"] + (1 - beta_2) * g**2
    m_hat, v_hat = s["X"] / (1 - beta_1**count), s["V"] / (1 - beta_2**count)
    moved: Array = w - options["lr"] * m_hat / (np.sqrt(v_hat) + options["eps"])
    return moved


BY_HAND: dict[str, Callable[[Array, Array, dict[str, Array], Options, int], Array]] = {
    "momentum": _momentum,
    "RGD": _relativistic,
    "Adam": _adam,
}


class _Vectors:
    """Every member at once in NumPy, by hand: what the other two are checked against."""

    def __init__(self, runs: Runs) -> None:
        self.runs = runs

    def run(self, calls: int) -> None:
        move, options = BY_HAND[self.runs.method.name], self.runs.method.options
        for _ in range(calls):
            w = self.runs.starts
            state = {"X": np.zeros_like(w), "V": np.zeros_like(w)}
            for count in range(1, self.runs.steps + 1):
                x, y = w.T
                gradient = np.stack([4 * x * (x**2 - 1), 2 * y], axis=1)
                w = move(w, gradient, state, options, count)
            self.last = w

    def values(self) -> Array:
        return self.last


FIELD = (
    Contestant("NumPy by hand", _Vectors),
    Contestant("hermosis", _Ours),
    Contestant("optax, jit(vmap(scan))", _Scan),
    LOOP,
)


def cases(plan: Plan) -> list[Case]:
    """One comparison for each method; n is the number of members."""
    members = min(QUICK_MEMBERS if plan.quick else MEMBERS, plan.largest)
    return [
        Case("ensemble", name, "float64", members, _measure(plan, name, members))
        for name in plan.of(*PLAYED)
    ]


def _measure(plan: Plan, name: str, members: int) -> Callable[[], list[Row]]:
    def measure() -> list[Row]:
        runs = Runs(METHODS[name].at(lr=LR), members, STEPS, plan.threads)
        row = Row("ensemble", name, "float64", members, "", plan.threads)
        agreement = Agreement("float64", calls=1, tolerance=TOLERANCE)
        return compare(row, FIELD, runs, plan.few(), plan.seconds, agreement)

    return measure
