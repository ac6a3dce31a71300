"""Measured beside proven: how fast a method closes in on the bottom of a convex quadratic.

A step is a linear map of weights and state there, so its theory is the spectral radius of that map,
at the curvature where it is largest; the gap falls by its square. The map is that of the step that
was raced, applied to unit vectors.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import numpy as np

from benchmarks.engine.contestants import enlist
from benchmarks.engine.parameters import Array
from benchmarks.engine.row import checkpoints
from benchmarks.problem import Problem
from benchmarks.report.summary import Line

SMALL = 1e-6
"""The size of the vectors that a step is applied to: near rest, where it is linear if anywhere."""
LINEAR = 1e-3
"""A step whose radius changes more than this with the size of the vectors has no such theory."""
ABOVE_FLOOR = 1e3
FEWEST = 8
"""Points of a curve below which it is too short for a slope."""
MANY = 40
"""Curvatures that are tried, of those that a problem has."""


def measured(problem: Problem, line: Line, budget: int) -> float:
    """By what factor the median gap falls with each gradient, late in the run; NaN if too short."""
    counts = np.array(checkpoints(budget))
    gaps = np.array([middle for _, middle, _ in line.curve])
    if len(gaps) != len(counts):
        return math.nan
    falling = np.flatnonzero((gaps > ABOVE_FLOOR * problem.floor) & np.isfinite(gaps))
    late = falling[len(falling) // 2 :]
    if len(late) < FEWEST:
        return math.nan
    slope, _ = np.polyfit(counts[late], np.log(gaps[late]), 1)
    return float(np.exp(slope))


def proven(problem: Problem, line: Line) -> float:
    """The factor by which the gap falls with each gradient in the end, by the step's own theory.

    NaN for a method that is not linear at rest, or that is no optimizer of this library.
    """
    optimizer = enlist(line.optimizer).optimizer(line.parameters) if _known(line) else None
    if optimizer is None or optimizer.gradients_per_step == 0:
        return math.nan
    ends = [_radii(optimizer, curvature) for curvature in _spread(curvatures(problem))]
    radius = max(first for first, _ in ends)
    if any(abs(first - second) > LINEAR for first, second in ends) or not radius < 1.0:
        return math.nan
    return float(radius ** (2.0 / optimizer.gradients_per_step))


def _known(line: Line) -> bool:
    return line.kind in ("hermosis", "classical")


@cache
def curvatures(problem: Problem) -> tuple[float, ...]:
    """The curvatures of a convex quadratic of one vector, as its first reported seed draws it."""
    rng = np.random.default_rng(0)
    drawn = problem.drawn(rng)
    units = np.eye(drawn.start(rng).size)
    rest = drawn.value_and_gradient(0.0 * units[0])[1]
    hessian = np.array([drawn.value_and_gradient(unit)[1] - rest for unit in units])
    return tuple(float(value) for value in np.linalg.eigvalsh(0.5 * (hessian + hessian.T)))


def _spread(values: tuple[float, ...]) -> tuple[float, ...]:
    """A few of many, the least and the greatest among them."""
    return tuple(values[n] for n in sorted({*np.linspace(0, len(values) - 1, MANY, dtype=int)}))


def _radii(optimizer: Any, curvature: float) -> tuple[float, float]:
    """The spectral radius of a step on curvature·w²/2, by small vectors and by smaller ones."""
    try:
        return _radius(optimizer, curvature, SMALL), _radius(optimizer, curvature, SMALL / 10.0)
    except (ArithmeticError, ValueError):
        return math.inf, math.inf


def _radius(optimizer: Any, curvature: float, size: float) -> float:
    names = sorted(optimizer.init(np.zeros(1)).arrays)
    units = size * np.eye(1 + len(names))
    columns = [_moved(optimizer, curvature, names, unit) / size for unit in units]
    return float(np.abs(np.linalg.eigvals(np.array(columns).T)).max())


def _moved(optimizer: Any, curvature: float, names: list[str], point: Array) -> Array:
    w = point[:1].copy()
    state = optimizer.init(w)
    state.step = 1  # some methods begin in a way of their own
    for name, value in zip(names, point[1:], strict=True):
        state.arrays[name][0][...] = value
    optimizer.advance(w, state, lambda w: (0.5 * curvature * float(w @ w), curvature * w))
    return np.array([w[0], *(state.arrays[name][0][0] for name in names)])
