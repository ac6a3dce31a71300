"""The limit of an ensemble: the same runs as loops written by hand for Numba, and nothing else.

A block of members stays in the nearest cache for all steps, so memory is no part of it: what is
left is arithmetic, which the compiler turns into vector instructions.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from benchmarks.engine.parameters import Array
from benchmarks.speed.comparison import Contestant

if TYPE_CHECKING:
    from benchmarks.speed.ensemble import Runs

Loop = Callable[..., Any]
BLOCK = 256
"""Members in a block."""


@cache
def _loops() -> dict[str, Loop]:
    """A loop for each method, over members (n, 2), with its hyperparameters in their order."""
    numba = importlib.import_module("numba")
    np = importlib.import_module("numpy")
    prange = numba.prange
    inner: Callable[[Loop], Loop] = numba.njit(error_model="numpy", fastmath=True)

    @inner
    def slope(w: Any, g: Any) -> None:
        for i in range(BLOCK):
            g[i] = 4.0 * w[i] * (w[i] * w[i] - 1.0)
            g[BLOCK + i] = 2.0 * w[BLOCK + i]

    @inner
    def momentum(w: Any, g: Any, X: Any, V: Any, count: int, h: Any) -> None:
        for i in range(2 * BLOCK):
            X[i] = h[1] * X[i] + g[i]
            w[i] -= h[0] * X[i]

    @inner
    def relativistic(w: Any, g: Any, X: Any, V: Any, count: int, h: Any) -> None:
        lr, mu, delta = h[0], h[1], h[2]
        for i in range(BLOCK):
            j = BLOCK + i
            x, y = X[i] + g[i], X[j] + g[j]
            square = delta * lr * lr * (x * x + y * y)
            both = lr / math.sqrt(1.0 + square) + mu * lr / math.sqrt(1.0 + mu * mu * square)
            w[i] -= both * x
            w[j] -= both * y
            X[i], X[j] = mu * x, mu * y

    @inner
    def adam(w: Any, g: Any, X: Any, V: Any, count: int, h: Any) -> None:
        lr, beta_1, beta_2, eps = h[0], h[1], h[2], h[3]
        first, second = lr / (1.0 - beta_1**count), 1.0 / (1.0 - beta_2**count)
        for i in range(2 * BLOCK):
            X[i] = beta_1 * X[i] + (1.0 - beta_1) * g[i]
            V[i] = beta_2 * V[i] + (1.0 - beta_2) * g[i] * g[i]
            w[i] -= first * X[i] / (math.sqrt(second * V[i]) + eps)

    def all_members(move: Loop) -> Loop:
        def run(starts: Any, steps: int, h: Any) -> Any:
            ends = np.empty_like(starts)
            for block in prange((len(starts) + BLOCK - 1) // BLOCK):
                first = block * BLOCK
                many = min(BLOCK, len(starts) - first)
                w, g = np.zeros(2 * BLOCK), np.zeros(2 * BLOCK)
                X, V = np.zeros(2 * BLOCK), np.zeros(2 * BLOCK)
                for i in range(many):
                    w[i], w[BLOCK + i] = starts[first + i, 0], starts[first + i, 1]
                for count in range(1, steps + 1):
                    slope(w, g)
                    move(w, g, X, V, count, h)
                for i in range(many):
                    ends[first + i, 0], ends[first + i, 1] = w[i], w[BLOCK + i]
            return ends

        whole: Loop = numba.njit(parallel=True, error_model="numpy")(run)
        return whole

    moves = {"momentum": momentum, "RGD": relativistic, "Adam": adam}
    return {name: all_members(move) for name, move in moves.items()}


class _Loop:
    def __init__(self, runs: Runs) -> None:
        self.numba = importlib.import_module("numba")
        self.runs, self.loop = runs, _loops()[runs.method.name]

    def run(self, calls: int) -> None:
        runs, before = self.runs, self.numba.get_num_threads()
        self.numba.set_num_threads(runs.threads)
        for _ in range(calls):
            self.last = self.loop(runs.starts, runs.steps, tuple(runs.method.options.values()))
        self.numba.set_num_threads(before)

    def values(self) -> Array:
        ends: Array = self.last
        return ends


LOOP = Contestant("Numba loop by hand", _Loop)
