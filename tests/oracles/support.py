"""Random parameter sets and gradients, and how far two right implementations may drift apart.

Gradients do not depend on the weights, so that rounding is not amplified and has a plain bound in
each component: every step may add a few units in the last place of the numbers that went into it,
and what it added to a moment stays in the steps that follow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from derivations.step.rule import Rule
from hermosis import optimizers
from hermosis.derive.blueprint import Blueprint, TextbookBlueprint
from hermosis.run.optimizer import Optimizer
from hermosis.run.parameters import flatten

#: Units in the last place that one step may add.
UNITS = 4

Arrays = list[np.ndarray]
shapes = st.lists(st.integers(1, 3), max_size=3).map(tuple)


@dataclass(frozen=True)
class Problem:
    """A parameter set of some structure, and the gradients of some steps."""

    set: Any
    gradients: tuple[Any, ...]

    @property
    def weights(self) -> Arrays:
        """Copies of the arrays, in order."""
        return [array.copy() for array in flatten(self.set)[0]]

    @property
    def slopes(self) -> list[Arrays]:
        """The gradients of each step, in order."""
        return [flatten(tree)[0] for tree in self.gradients]

    @property
    def dtype(self) -> np.dtype:
        return self.weights[0].dtype

    def fresh(self) -> Any:
        """A copy of the parameter set."""
        return flatten(self.set)[1].rebuild(self.weights)


def _nested(kind: str, leaves: Arrays) -> Any:
    if kind == "array":
        return leaves[0]
    if kind == "dict":
        return {f"p{n}": leaf for n, leaf in enumerate(leaves)}
    if kind == "deep":
        return {"first": leaves[0], "rest": [(leaf,) for leaf in leaves[1:]]}
    return tuple(leaves) if kind == "tuple" else leaves


@st.composite
def problems(
    draw: Any, steps: int = 12, dtypes: tuple[type, ...] = (np.float32, np.float64)
) -> Any:
    """Sets of one to three arrays, 0-D to 3-D, and gradients of sizes between 1e−3 and 1e3."""
    kind = draw(st.sampled_from(("array", "list", "tuple", "dict", "deep")))
    sizes = draw(st.lists(shapes, min_size=1, max_size=1 if kind == "array" else 3))
    dtype = draw(st.sampled_from(dtypes))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    scale = 10.0 ** draw(st.integers(-3, 3))

    def arrays(size: float) -> Any:
        drawn = (size * chance.standard_normal(shape) for shape in sizes)
        return _nested(kind, [np.asarray(array, dtype=dtype) for array in drawn])

    count = draw(st.integers(1, steps))
    return Problem(arrays(1.0), tuple(arrays(scale) for _ in range(count)))


#: A statement holds for the rule that the textbook states, and for the one that is derived.
both = pytest.mark.parametrize("side", ("textbook", "derived"))


def pick(side: str, textbook: Callable[[], Optimizer], derived: Callable[[], Optimizer]) -> Any:
    """Make the optimizer of one side."""
    return {"textbook": textbook, "derived": derived}[side]()


def method(name: str, **settings: Any) -> Optimizer:
    """A built-in optimizer in NumPy."""
    return getattr(optimizers, name)(backend="numpy", **settings)


def textbook(name: str, variant: dict[str, bool] | None = None, **settings: Any) -> Optimizer:
    """A textbook rule in NumPy: truth values choose its variant, the others are its numbers."""
    flags = {key: value for key, value in settings.items() if isinstance(value, bool)}
    numbers = {key: value for key, value in settings.items() if key not in flags}
    plan = TextbookBlueprint(name, tuple(sorted((flags | (variant or {})).items())))
    return Optimizer(plan, _apart(numbers), backend="numpy")


@dataclass(frozen=True)
class RuleBlueprint(Blueprint):
    """A rule that was written down for a test."""

    made: Rule

    @property
    def name(self) -> str:
        return self.made.name

    def key(self) -> str:
        return f"{self.made.name} {self.made.stages}"

    def rule(self, ledger: bool = False) -> Rule:
        return self.made


def run(rule: Rule, **numbers: Any) -> Optimizer:
    """A rule in NumPy with its numbers."""
    return Optimizer(RuleBlueprint(rule), _apart(numbers), backend="numpy")


def _apart(numbers: dict[str, Any]) -> dict[str, Any]:
    """Write betas as beta_1 and beta_2."""
    rest = {key: value for key, value in numbers.items() if key != "betas"}
    return rest | {f"beta_{n}": b for n, b in enumerate(numbers.get("betas", ()), 1)}


def ours(opt: Optimizer, problem: Problem) -> Arrays:
    """The weights after the steps of an optimizer, on the set as it is nested."""
    w = problem.fresh()
    state = opt.init(w)
    for gradient in problem.gradients:
        opt.step(w, gradient, state)
    return flatten(w)[0]


def in_mid_step(opt: Optimizer, problem: Problem) -> tuple[Arrays, list[Arrays]]:
    """The same for a rule that takes its gradient in mid-step; also the points where it does."""
    w, points = problem.fresh(), []
    state = opt.init(w)
    for gradient in problem.gradients:

        def evaluate(point: Any, gradient: Any = gradient) -> tuple[float, Any]:
            points.append([array.copy() for array in flatten(point)[0]])
            return 0.0, gradient

        opt.advance(w, state, evaluate)
    return flatten(w)[0], points


def assert_close(found: Arrays, due: Arrays, sizes: list[Arrays], dtype: Any) -> None:
    """Compare with the bound UNITS · ε · Σ over steps of the numbers that went into them."""
    unit = UNITS * float(np.finfo(dtype).eps)
    for mine, other, *each in zip(found, due, *sizes, strict=True):
        assert mine.dtype == other.dtype == dtype
        assert mine.shape == other.shape
        assert np.all(np.isfinite(other))
        gap = np.abs(mine.astype(float) - other.astype(float))
        assert np.all(gap <= unit * sum(each)), float((gap / (unit * sum(each))).max())


def doubles(arrays: Arrays) -> Arrays:
    """Copies in double precision."""
    return [array.astype(float) for array in arrays]


def momentum_sizes(
    problem: Problem, lr: Any, momentum: float = 0.0, decay: float = 0.0, gain: float = 1.0
) -> list[Arrays]:
    """For each step of a momentum method: |w| + lr·Σ max(|μX|, |g|) over the steps so far.

    `gain` says how often a step uses its moment; weight decay feeds errors of w back into X, and
    in n steps multiplies them by at most 1 + lr·λ·n²/2.
    """
    n = len(problem.slopes)
    rates = lr if isinstance(lr, list) else [lr] * len(problem.weights)
    weights = doubles(problem.weights)
    moments = [np.zeros_like(array) for array in weights]
    spent, sizes = [np.zeros_like(array) for array in weights], []
    for slope in problem.slopes:
        now = []
        for rate, w, X, used, g in zip(rates, weights, moments, spent, doubles(slope), strict=True):
            used += gain * rate * np.maximum(np.abs(momentum * X), np.abs(g) + decay * np.abs(w))
            X[...] = momentum * X + g + decay * w
            size = np.abs(w)
            w -= rate * X
            now.append((1 + rate * decay * n**2 / 2) * (np.maximum(size, np.abs(w)) + used))
        sizes.append(now)
    return sizes


def written(problem: Problem, step: Callable[[Arrays, Arrays], None]) -> Arrays:
    """The weights after a formula that moves a list of arrays in place, given their gradients."""
    weights = problem.weights
    for slope in problem.slopes:
        step(weights, slope)
    return weights


def in_doubles(problem: Problem, step: Callable[[Arrays, Arrays], None]) -> Arrays:
    """The same with the formula in double precision, rounded at the end."""
    weights = doubles(problem.weights)
    for slope in problem.slopes:
        step(weights, doubles(slope))
    return [w.astype(problem.dtype) for w in weights]


def zeros(problem: Problem) -> Arrays:
    """Arrays of zeros in double precision."""
    return [np.zeros(array.shape) for array in problem.weights]


def norm(arrays: Arrays) -> float:
    """The Euclidean norm of a whole set."""
    return float(np.sqrt(sum(np.sum(array.astype(float) ** 2) for array in arrays)))


def largest(arrays: Arrays) -> float:
    """The largest magnitude in some arrays."""
    return max(float(np.abs(array).max()) for array in arrays)
