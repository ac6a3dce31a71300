"""How far rounding may carry two right implementations apart, method by method.

Each budget follows a method in double precision and returns, for each step, the numbers of which a
step may lose a few last places; `assert_close` adds them up. An error in a moment is followed by
itself: where X ← μX + g, it is E ← μE + |μX| + |g|.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from .support import Arrays, Problem, doubles


@dataclass(frozen=True)
class Moment:
    """A moment in double precision, and how many last places of what it may have lost."""

    weights: Arrays
    value: Arrays
    lost: Arrays

    @property
    def norm(self) -> float:
        return float(np.sqrt(sum(np.sum(x**2) for x in self.value)))

    @property
    def lost_norm(self) -> float:
        return float(np.sqrt(sum(np.sum(x**2) for x in self.lost)))


def moments(problem: Problem, keep: float, take: Callable[[int], float]) -> Iterator[Moment]:
    """Follow X ← keep·X + take(n)·g, for n from 1; the weights are moved by the reader."""
    weights = doubles(problem.weights)
    value = [np.zeros_like(w) for w in weights]
    lost = [np.zeros_like(w) for w in weights]
    for n, slope in enumerate(problem.slopes, 1):
        for x, e, g in zip(value, lost, doubles(slope), strict=True):
            e[...] = keep * e + np.abs(keep * x) + np.abs(take(n) * g)
            x[...] = keep * x + take(n) * g
        yield Moment(weights, value, lost)


def by_norm(
    problem: Problem, keep: float, rate: Callable[[float], float], sharpness: float
) -> list[Arrays]:
    """For w ← w − rate(‖X‖)·X, where rate has the logarithmic slope `sharpness` at most."""
    sizes = []
    for now in moments(problem, keep, lambda n: 1.0):
        factor = rate(now.norm)
        share = 1 + sharpness * now.lost_norm / now.norm
        own = []
        for w, x, e in zip(now.weights, now.value, now.lost, strict=True):
            own.append(np.abs(w) + factor * (e + np.abs(x) * share))
            w -= factor * x
            own[-1] = np.maximum(own[-1], np.abs(w))
        sizes.append(own)
    return sizes


def by_component(
    problem: Problem,
    keep: float,
    speed: Callable[[np.ndarray], np.ndarray],
    sharpness: float,
) -> list[Arrays]:
    """For w ← w − speed(X) in each component, speed(x) a power of x between two orders.

    A power loses its exponent times a logarithm; `sharpness` is the largest order.
    """
    sizes = []
    for now in moments(problem, keep, lambda n: 1.0):
        own = []
        for w, x, e in zip(now.weights, now.value, now.lost, strict=True):
            step = speed(x)
            share = 1 + sharpness * (e / np.abs(x) + 1 + np.abs(np.log(np.abs(x))))
            own.append(np.abs(w) + np.abs(step) * share)
            w -= step
            own[-1] = np.maximum(own[-1], np.abs(w))
        sizes.append(own)
    return sizes


@dataclass(frozen=True)
class Scaled:
    """What a method with a learning rate for each component knows of one array at one step."""

    #: The gradient, the largest so far, and the averages of gradient, square and deviation.
    slope: np.ndarray
    top: np.ndarray
    mean: np.ndarray
    square: np.ndarray
    belief: np.ndarray
    #: The largest average square so far.
    record: np.ndarray
    #: The number of the step.
    n: int


def scaled(
    problem: Problem, betas: tuple[float, float], root: float = 0.0
) -> Iterator[list[Scaled]]:
    """Follow the averages of Adam and its relatives; `root` is what AdaBelief adds."""
    first, second = betas
    shapes = [array.shape for array in problem.weights]
    top, mean, square, belief, record = ([np.zeros(s) for s in shapes] for _ in range(5))
    for n, slope in enumerate(problem.slopes, 1):
        now = []
        for t, m, v, s, r, g in zip(top, mean, square, belief, record, doubles(slope), strict=True):
            t[...] = np.maximum(t, np.abs(g))
            m[...] = first * m + (1 - first) * g
            v[...] = second * v + (1 - second) * g**2
            s[...] = second * s + (1 - second) * (g - m) ** 2 + root
            r[...] = np.maximum(r, v)
            now.append(Scaled(g, t, m, v, s, r, n))
        yield now


def by_steps(
    problem: Problem, steps: Iterator[list[tuple[np.ndarray, np.ndarray]]], keep: float = 1.0
) -> list[Arrays]:
    """Add the steps of a method to weights that keep a share of themselves.

    Each step comes with the number of which it may have lost a few last places.
    """
    weights, sizes = doubles(problem.weights), []
    for step in steps:
        own = []
        for w, (moved, lost) in zip(weights, step, strict=True):
            before = np.abs(w)
            w *= keep
            w -= moved
            own.append(np.maximum(before, np.abs(w)) + lost)
        sizes.append(own)
    return sizes


def quotients(
    problem: Problem,
    lr: float | list[float],
    keep: float,
    eps: float,
    decay: float = 0.0,
    corrected: bool = False,
    centered: bool = False,
    largest: bool = False,
    shrink: float = 1.0,
    momentum: float = 0.0,
) -> list[Arrays]:
    """For each step of Adam or RMSProp: |w| + lr·max|g|/(√v + ε), v an average of g².

    An average of gradients is known to ε of the largest of them. A variance v − M² loses v/(v − M²)
    of its digits; v may be the `largest` so far, and the weights keep the share `shrink`. With
    `momentum` what a step lost is followed by itself, and stays in the steps that come after.
    """
    weights = doubles(problem.weights)
    rates = lr if isinstance(lr, list) else [lr] * len(weights)
    square, mean, peak, record, buffer, used = (
        [np.zeros_like(w) for w in weights] for _ in range(6)
    )
    sizes = []
    for n, slope in enumerate(problem.slopes, 1):
        now = []
        for rate, w, v, m, top, most, x, spent, g in zip(
            rates, weights, square, mean, peak, record, buffer, used, doubles(slope), strict=True
        ):
            g = g + decay * w
            np.maximum(top, np.abs(g), out=top)
            v[...] = keep * v + (1 - keep) * g**2
            m[...] = keep * m + (1 - keep) * g
            np.maximum(most, v, out=most)
            spread = most if largest else v
            spread = spread / (1 - keep**n) if corrected else v - m**2 if centered else spread
            step = rate * top / (np.sqrt(spread) + eps)
            w *= shrink
            w -= step * g / top
            lost = step * (v / spread if centered else 1.0)
            x[...] = momentum * x + lost
            spent += x
            now.append(np.abs(w) + (spent if momentum else lost))
        sizes.append(now)
    return sizes
