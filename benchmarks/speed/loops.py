"""Part `minimize`: whole runs on ½Σcᵢwᵢ², beside the same loops written out in NumPy.

Runs have the defaults that a user gets: the ledger of energies is kept where there is one. Two of
the methods pause in a step, for a gradient in its middle or for sums over all components, so that
its machine code is entered more than once.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

import hermosis as hm
from benchmarks.engine.parameters import Array
from benchmarks.speed.comparison import Agreement, Contestant, compare
from benchmarks.speed.methods import Method, Options, adam
from benchmarks.speed.plan import Case, Plan
from benchmarks.speed.row import Row

STEPS = 200
SIZES = (10, 1_000, 10_000)
DTYPE = "float64"
_MOVED = {"lr": 1e-2, "momentum": 0.9}
METHODS = {
    method.name: method
    for method in (
        Method("momentum", _MOVED, hm.optimizers.SGD),
        Method("Adam", {"lr": 1e-2, "beta_1": 0.9, "beta_2": 0.999, "eps": 1e-8}, adam),
        Method("leapfrog", {**_MOVED, "delta": 1.0}, hm.optimizers.Relativistic),
        Method("rest mass", {**_MOVED, "share": 0.3}, hm.optimizers.RestMass),
    )
}
Slope = Callable[[Array], Array]
State = dict[str, Any]


@dataclass(frozen=True)
class Bowl:
    """A method, and a quadratic with curvatures from 1 to 100."""

    method: Method
    n: int

    @cached_property
    def curvature(self) -> Array:
        """The diagonal of the Hessian."""
        return np.geomspace(1.0, 100.0, self.n)

    @cached_property
    def start(self) -> Array:
        """Where every run begins; copy it."""
        return np.linspace(1.0, 2.0, self.n)

    def __call__(self, w: Array) -> tuple[float, Array]:
        """The loss and its gradient."""
        gradient = self.curvature * w
        return 0.5 * float(gradient @ w), gradient


class _Minimize:
    """`hm.minimize`, which keeps the losses, the norms of the gradients, and the energies."""

    def __init__(self, bowl: Bowl, ledger: bool | None = None, **backend: str) -> None:
        self.bowl, self.opt, self.ledger = bowl, bowl.method.optimizer(**backend), ledger

    def run(self, calls: int) -> None:
        for _ in range(calls):
            self.result = hm.minimize(
                self.bowl, self.bowl.start, self.opt, jac=True, steps=STEPS, ledger=self.ledger
            )

    def values(self) -> Array:
        found: Array = self.result.x
        return found


class _ByHand:
    """The loop as a competent user writes it, who keeps losses and norms too, and checks both."""

    def __init__(self, bowl: Bowl) -> None:
        self.bowl, self.move = bowl, BY_HAND[bowl.method.name]

    def run(self, calls: int) -> None:
        for _ in range(calls):
            self.w = self.bowl.start.copy()
            self.losses: list[float] = []
            self.norms: list[float] = []
            zeros = {name: np.zeros(self.bowl.n) for name in "XPV"}
            state = {**zeros, "A": 0.0, "B": 0.0, "step": 0}
            for _ in range(STEPS):
                self.move(self.w, state, self.slope, self.bowl.method.options)

    def slope(self, w: Array) -> Array:
        loss, gradient = self.bowl(w)
        norm = math.sqrt(gradient @ gradient)
        if not math.isfinite(loss + norm):
            raise FloatingPointError("diverged")
        self.losses.append(loss)
        self.norms.append(norm)
        return gradient

    def values(self) -> Array:
        return self.w


def _momentum(w: Array, state: State, slope: Slope, options: Options) -> None:
    X = state["X"]
    X *= options["momentum"]
    X += slope(w)
    w -= options["lr"] * X


def _adam(w: Array, state: State, slope: Slope, options: Options) -> None:
    X, V, gradient = state["X"], state["V"], slope(w)
    state["step"] += 1
    X *= options["beta_1"]
    X += (1 - options["beta_1"]) * gradient
    V *= options["beta_2"]
    V += (1 - options["beta_2"]) * gradient**2
    mean = X / (1 - options["beta_1"] ** state["step"])
    square = V / (1 - options["beta_2"] ** state["step"])
    w -= options["lr"] * mean / (np.sqrt(square) + options["eps"])


def _leapfrog(w: Array, state: State, slope: Slope, options: Options) -> None:
    X, half = state["X"], math.sqrt(options["momentum"])
    lr, delta = options["lr"], options["delta"]
    X *= half
    w -= lr / math.sqrt(1 + delta * lr**2 * float(X @ X)) * X
    X += slope(w)
    w -= lr / math.sqrt(1 + delta * lr**2 * float(X @ X)) * X
    X *= half


def _rest_mass(w: Array, state: State, slope: Slope, options: Options) -> None:
    X, mu = state["X"], options["momentum"]
    gradient = slope(w)
    v = X / _inertia(state, options)
    state["A"] = mu * state["A"] + (1 - mu) * abs(float(v @ (gradient - state["P"])))
    state["B"] = mu * state["B"] + (1 - mu) * float(v @ v)
    state["P"] = gradient
    X *= mu if X @ gradient > 0 else 0.0
    X += gradient
    w -= options["lr"] / _inertia(state, options) * X


def _inertia(state: State, options: Options) -> float:
    mass, X = state["A"] / (options["share"] * (state["B"] + 1e-36)) + 1e-18, state["X"]
    return math.sqrt(mass**2 + float(X @ X) / X.size)


BY_HAND: Mapping[str, Callable[[Array, State, Slope, Options], None]] = {
    "momentum": _momentum,
    "Adam": _adam,
    "leapfrog": _leapfrog,
    "rest mass": _rest_mass,
}
FIELD = (
    Contestant("NumPy by hand", _ByHand),
    Contestant("hermosis, NumPy backend", lambda bowl: _Minimize(bowl, backend="numpy")),
    Contestant("hermosis, ledger=False", lambda bowl: _Minimize(bowl, ledger=False)),
    Contestant("hermosis", _Minimize),
)


def cases(plan: Plan) -> list[Case]:
    """One comparison for each method and size."""
    return [_case(plan, method, n) for method in METHODS for n in SIZES]


def _case(plan: Plan, method: str, n: int) -> Case:
    row = Row("minimize", method, DTYPE, n, "", plan.threads)
    bowl = Bowl(METHODS[method], n)

    def measure() -> list[Row]:
        agreement = Agreement(DTYPE, calls=1, start=bowl.start)
        return compare(row, FIELD, bowl, plan.repeats, plan.seconds, agreement)

    return Case("minimize", method, DTYPE, n, measure)
