"""Cautious masking, arXiv:2411.16085, against its formula typed here in NumPy.

u ← u·m·n/(Σm + 1) with the mask m = [u·g > 0] over all n components, or u·m alone. A component
whose moment cancels to rounding has no sign of its own, and such examples are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from hermosis import optimizers

from .budgets import Scaled, by_steps, moments, scaled
from .support import (
    Arrays,
    Problem,
    assert_close,
    both,
    in_doubles,
    ours,
    pick,
    problems,
    textbook,
    zeros,
)

rates = st.floats(1e-4, 1.0)
firsts = st.floats(0.1, 0.99)
averages = st.floats(0.5, 0.999)
Steps = Iterator[list[tuple[np.ndarray, np.ndarray]]]


def masked(steps: Arrays, slopes: Arrays, rescale: bool) -> Arrays:
    """The steps that agree with the gradients."""
    masks = [(u * g > 0).astype(float) for u, g in zip(steps, slopes, strict=True)]
    size = sum(m.size for m in masks)
    scale = size / (sum(float(m.sum()) for m in masks) + 1) if rescale else 1.0
    return [u * m * scale for u, m in zip(steps, masks, strict=True)]


def masking(steps: Steps, problem: Problem, rescale: bool) -> Steps:
    """Mask steps in double precision, and scale what they lose; refuse signs that are not clear."""
    least = 100 * np.finfo(problem.dtype).eps
    for step, slope in zip(steps, problem.slopes, strict=True):
        assume(all(np.all(np.abs(u) > least * lost) for u, lost in step))
        scale = sum(u.size for u, _ in step) if rescale else 1.0
        kept = masked([u for u, _ in step], slope, rescale)
        yield [(u, scale * lost) for u, (_, lost) in zip(kept, step, strict=True)]


def moved(
    problem: Problem, lr: float, rescale: bool, direction: Callable[[Arrays], Arrays]
) -> Arrays:
    """The weights after w ← w − lr·masked(direction)."""

    def step(weights: Arrays, slope: Arrays) -> None:
        for w, u in zip(weights, masked(direction(slope), slope, rescale), strict=True):
            w -= lr * u

    return in_doubles(problem, step)


@both
@given(problems(), rates, st.floats(1e-3, 0.999), st.booleans())
def test_cautious_momentum(
    side: str, problem: Problem, lr: float, momentum: float, rescale: bool
) -> None:
    buffer = zeros(problem)

    def direction(slope: Arrays) -> Arrays:
        for X, g in zip(buffer, slope, strict=True):
            X[...] = momentum * X + g
        return buffer

    same = {"lr": lr, "momentum": momentum}
    opt = pick(
        side,
        lambda: textbook("cautious_momentum", rescaled=rescale, **same),
        lambda: optimizers.Cautious(optimizers.Momentum(**same, backend="numpy"), rescale=rescale),
    )
    steps = (
        [(lr * x, lr * e) for x, e in zip(now.value, now.lost, strict=True)]
        for now in moments(problem, momentum, lambda n: 1.0)
    )
    sizes = by_steps(problem, masking(steps, problem, rescale))
    due = moved(problem, lr, rescale, direction)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@both
@given(problems(), rates, firsts, averages, st.sampled_from((1e-8, 1e-4)), st.booleans())
def test_cautious_adam(
    side: str,
    problem: Problem,
    lr: float,
    first: float,
    second: float,
    eps: float,
    rescale: bool,
) -> None:
    mean, square, count = zeros(problem), zeros(problem), [0]

    def direction(slope: Arrays) -> Arrays:
        count[0] += 1
        found = []
        for m, v, g in zip(mean, square, slope, strict=True):
            m[...] = first * m + (1 - first) * g
            v[...] = second * v + (1 - second) * g**2
            root = np.sqrt(v / (1 - second ** count[0])) + eps
            found.append(m / (1 - first ** count[0]) / root)
        return found

    def step_of(a: Scaled) -> tuple[np.ndarray, np.ndarray]:
        rate = lr / (np.sqrt(a.square / (1 - second**a.n)) + eps)
        return rate * a.mean / (1 - first**a.n), rate * a.top

    same = {"lr": lr, "betas": (first, second), "eps": eps}
    opt = pick(
        side,
        lambda: textbook("cautious_adam", rescaled=rescale, **same),
        lambda: optimizers.Cautious(optimizers.Adam(**same, backend="numpy"), rescale=rescale),
    )
    steps = ([step_of(a) for a in now] for now in scaled(problem, (first, second)))
    sizes = by_steps(problem, masking(steps, problem, rescale))
    due = moved(problem, lr, rescale, direction)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@both
@given(problems(), rates, firsts, firsts, st.booleans())
def test_cautious_lion(
    side: str, problem: Problem, lr: float, first: float, second: float, rescale: bool
) -> None:
    mean = zeros(problem)

    def direction(slope: Arrays) -> Arrays:
        ahead = [first * m + (1 - first) * g for m, g in zip(mean, slope, strict=True)]
        for m, g in zip(mean, slope, strict=True):
            m[...] = second * m + (1 - second) * g
        return [np.sign(c) for c in ahead]

    same = {"lr": lr, "betas": (first, second)}
    opt = pick(
        side,
        lambda: textbook("cautious_lion", rescaled=rescale, **same),
        lambda: optimizers.Cautious(optimizers.Lion(**same, backend="numpy"), rescale=rescale),
    )

    def steps() -> Steps:
        least = 100 * np.finfo(problem.dtype).eps
        own, top = zeros(problem), zeros(problem)
        for slope in problem.slopes:
            step = []
            for m, t, g in zip(own, top, [s.astype(float) for s in slope], strict=True):
                np.maximum(t, np.abs(g), out=t)
                c = first * m + (1 - first) * g
                assume(bool(np.all(np.abs(c) > least * t)))
                m[...] = second * m + (1 - second) * g
                step.append((lr * np.sign(c), np.full(c.shape, lr)))
            yield step

    sizes = by_steps(problem, masking(steps(), problem, rescale))
    due = moved(problem, lr, rescale, direction)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)
