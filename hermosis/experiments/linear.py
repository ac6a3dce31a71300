"""What a step does on a quadratic loss: a linear map of weight and state, and its radius."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hermosis.run.optimizer import Optimizer


def step_matrix(opt: Optimizer, curvature: float) -> Any:
    """Return the matrix of one step on curvature·w²/2, in (w, states), for one weight.

    The step is applied to each unit vector, so it is exact for every rule that is linear there.
    """
    names = sorted(opt.init(np.zeros(1)).arrays)
    columns = [_moved(opt, curvature, names, unit) for unit in np.eye(1 + len(names))]
    return np.array(columns).T


def _moved(opt: Optimizer, curvature: float, names: list[str], point: Any) -> list[float]:
    w = np.array(point[:1])
    state = opt.init(w)
    state.step = 1  # some begin in their own way
    for name, value in zip(names, point[1:], strict=True):
        state.arrays[name][0][...] = value
    opt.advance(w, state, lambda w: (0.5 * curvature * float(w @ w), curvature * w))
    return [float(w[0]), *(float(state.arrays[name][0][0]) for name in names)]


def spectral_radius(matrix: Any) -> float:
    """Return the largest magnitude of an eigenvalue."""
    return float(np.abs(np.linalg.eigvals(matrix)).max())


def threshold(radius: Callable[[float], float], low: float, high: float) -> float:
    """Return where the spectral radius passes 1, between a stable value and an unstable one."""
    from scipy.optimize import bisect

    return float(bisect(lambda x: radius(x) - 1.0, low, high, xtol=1e-13, rtol=1e-13))
