"""The limit: loops that only move the memory which a step has to move, on as many threads.

A step reads the gradient once for the check of bad input, makes the passes that the method lists
(for a norm), and in one last pass reads the gradient and updates the weights and every state
array. Arithmetic is no more than what keeps the numbers finite.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from benchmarks.speed.comparison import Contestant
from benchmarks.speed.work import Work

Kernel = Callable[..., Any]


@cache
def kernels() -> dict[tuple[int, int], Kernel]:
    """The loops by how many arrays they read only, and how many they update."""
    numba = importlib.import_module("numba")
    prange = numba.prange

    def read_1(a: Any) -> float:
        total = a[0]
        for i in prange(a.size):
            total += a[i]
        return total

    def read_2(a: Any, b: Any) -> float:
        total = a[0]
        for i in prange(a.size):
            total += a[i] * b[i]
        return total

    def update_1(a: Any, w: Any) -> None:
        half = a.dtype.type(0.5)
        for i in prange(a.size):
            w[i] = half * (w[i] + a[i])

    def update_2(a: Any, w: Any, x: Any) -> None:
        half = a.dtype.type(0.5)
        for i in prange(a.size):
            x[i] = half * (x[i] + a[i])
            w[i] = half * (w[i] + x[i])

    def update_3(a: Any, w: Any, x: Any, v: Any) -> None:
        half = a.dtype.type(0.5)
        for i in prange(a.size):
            x[i] = half * (x[i] + a[i])
            v[i] = half * (v[i] + a[i])
            w[i] = half * (w[i] + x[i] + v[i])

    loops = {(1, 0): read_1, (2, 0): read_2, (1, 1): update_1, (1, 2): update_2, (1, 3): update_3}
    compiled = numba.njit(parallel=True, fastmath=True)
    return {streams: compiled(loop) for streams, loop in loops.items()}


def passes(work: Work) -> list[tuple[int, int]]:
    """Every pass of a step over memory, as (arrays only read, arrays updated)."""
    states = len(work.method.optimizer().init(np.ones(1)).arrays)
    return [(1, 0), *work.method.passes, (1, 1 + states)]


class _Loops:
    def __init__(self, work: Work) -> None:
        self.numba = importlib.import_module("numba")
        self.threads = work.threads
        self.work = work
        (weights,), (self.gradient,) = work.weights(), work.gradients
        most = max(updated for _, updated in passes(work))
        self.arrays = [weights, *(np.zeros_like(weights) for _ in range(most - 1))]
        self.loops = [(kernels()[key], self._arguments(*key)) for key in passes(work)]

    def _arguments(self, read: int, updated: int) -> list[Any]:
        return [self.gradient, *self.arrays[1:read], *self.arrays[:updated]]

    def run(self, calls: int) -> None:
        before = self.numba.get_num_threads()
        self.numba.set_num_threads(self.threads)
        for _ in range(calls):
            for loop, arguments in self.loops:
                loop(*arguments)
        self.numba.set_num_threads(before)

    def values(self) -> None:
        """None: it computes no step."""


COPY_LOOP = Contestant("copy loop", _Loops)
