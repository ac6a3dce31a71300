"""Before a problem is raced: does its gradient belong to its loss?"""

from __future__ import annotations

import math

import numpy as np

from benchmarks.cell import instance
from benchmarks.parameters import ravel, unravel
from benchmarks.problem import Problem

STEPS = tuple(10.0**-n for n in range(3, 9))
"""Differences are tried with these steps, in shares of the parameters' size: the best one counts,
since no one step suits every loss."""
DIRECTIONS = 2
TOLERANCE = 1e-4


def wrong_gradient(problem: Problem, seed: int = 0) -> str:
    """What is wrong with the gradient at the start, in words; empty if nothing is.

    Compares the slope along random directions with central differences of the loss.
    """
    try:
        drawn, start = instance(problem.name, seed)
        value, gradient = drawn.value_and_gradient(start)
        at, slope = ravel(start), ravel(gradient)
    except Exception as error:  # a problem may fail in any way; the report says how
        return f"its loss fails at the start: {type(error).__name__}: {error}"
    if slope.shape != at.shape:
        return f"its gradient has {slope.size} numbers where the parameters have {at.size}"
    if not (math.isfinite(value) and np.all(np.isfinite(slope))):
        return "its loss or gradient is not finite at the start"
    rng = np.random.default_rng(seed)
    for _ in range(DIRECTIONS):
        along = rng.standard_normal(at.size)
        along *= 1.0 / np.linalg.norm(along)
        due, size = float(slope @ along), max(1.0, float(np.linalg.norm(at)))
        differences = []
        for step in STEPS:
            ahead, behind = (
                drawn.value_and_gradient(unravel(at + sign * step * size * along, start))[0]
                for sign in (1.0, -1.0)
            )
            differences.append((ahead - behind) / (2.0 * step * size))
        nearest = min(differences, key=lambda found: abs(found - due))
        scale = max(abs(due), float(np.linalg.norm(slope)) / math.sqrt(at.size))
        if not abs(nearest - due) <= TOLERANCE * scale:
            return (
                f"its gradient says a slope of {due:.6g} along a random direction at the start, "
                f"where differences of its loss say {nearest:.6g}"
            )
    return ""
