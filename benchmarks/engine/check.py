"""Before a problem is raced: does its gradient belong to its loss?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.engine.cell import instance
from benchmarks.engine.parameters import Array, Parameters, ravel, unravel
from benchmarks.errors import WrongGradient
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
        with np.errstate(all="ignore"):
            return _wrong(*instance(problem.name, seed), np.random.default_rng(seed))
    except Exception as error:  # a problem may fail in any way; the report says how
        return f"its loss fails at the start: {type(error).__name__}: {error}"


def _wrong(drawn: Problem, start: Parameters, rng: np.random.Generator) -> str:
    value, gradient = drawn.value_and_gradient(start)
    at, slope = ravel(start), ravel(gradient)
    if slope.shape != at.shape:
        return f"its gradient has {slope.size} numbers where the parameters have {at.size}"
    if not (math.isfinite(value) and np.all(np.isfinite(slope))):
        return "its loss or gradient is not finite at the start"
    scale = float(np.linalg.norm(slope)) / math.sqrt(at.size)
    for _ in range(DIRECTIONS):
        along = rng.standard_normal(at.size)
        along *= max(1.0, float(np.linalg.norm(at))) / float(np.linalg.norm(along))
        due = float(slope @ along)
        error = TOLERANCE * max(abs(due), scale * float(np.linalg.norm(along)))
        nearest = math.nan
        for found in _differences(drawn, start, at, along):
            nearest = found if not abs(found - due) > abs(nearest - due) else nearest
            if abs(nearest - due) <= error:
                break
        else:
            return (
                f"its gradient says a slope of {due:.6g} along a random direction at the start, "
                f"where differences of its loss say {nearest:.6g}"
            )
    return ""


def _differences(problem: Problem, start: Parameters, at: Array, along: Array) -> Iterator[float]:
    """Central differences of the loss along a direction, one for each step."""
    for step in STEPS:
        ahead, behind = (
            problem.value_and_gradient(unravel(at + sign * step * along, start))[0]
            for sign in (1.0, -1.0)
        )
        yield (ahead - behind) / (2.0 * step)


def sound(problems: Sequence[Problem]) -> tuple[list[Problem], list[str]]:
    """The problems whose gradient is right, and a sentence on each that is left out.

    Raises `WrongGradient` if none is right.
    """
    found = {problem.name: wrong_gradient(problem) for problem in problems}
    notices = [f"{name} is left out: {wrong}." for name, wrong in found.items() if wrong]
    kept = [problem for problem in problems if not found[problem.name]]
    if not kept:
        raise WrongGradient(" ".join(["there is nothing to race on.", *notices]))
    return kept, notices
