"""What every contestant starts from: the same weights and the same gradient, of order one.

The gradient stays as it is from step to step and none of its numbers is near zero, so that no
moment dies away into denormal numbers, which would be slow for a reason of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from benchmarks.engine.parameters import Array
from benchmarks.speed.methods import Method

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Work:
    """A method at a list of shapes in one dtype; a single shape is one array and no list."""

    method: Method
    dtype: str
    shapes: tuple[Shape, ...]
    threads: int = 1

    @cached_property
    def start(self) -> list[Array]:
        """The weights before the first step; copy them."""
        chance = np.random.default_rng(1)
        return [_uniform(chance, shape, self.dtype, -1.0) for shape in self.shapes]

    @cached_property
    def gradients(self) -> list[Array]:
        """The gradient at every step: of either sign, between 1/2 and 3/2; not to be written to."""
        chance = np.random.default_rng(2)
        found = [_uniform(chance, shape, self.dtype, -1.0) for shape in self.shapes]
        for gradient in found:
            gradient += np.copysign(self.number(0.5), gradient)
        return found

    def weights(self) -> list[Array]:
        """Weights of the contestant's own."""
        return [array.copy() for array in self.start]

    def whole(self, arrays: Sequence[Any]) -> Any:
        """The arrays as a user holds them: one array alone, several in a list."""
        return arrays[0] if len(self.shapes) == 1 else list(arrays)

    def number(self, value: float) -> Any:
        """A number of the dtype."""
        return np.dtype(self.dtype).type(value)


def _uniform(chance: np.random.Generator, shape: Shape, dtype: str, low: float) -> Array:
    array: Array = chance.random(shape, dtype=np.dtype(dtype).type)
    array *= 2
    array += low
    return array


def sampled(arrays: Sequence[Any], most: int = 1000) -> Array:
    """Up to about `most` numbers of each array, as one float64 vector of its own."""
    flat = [np.asarray(array).reshape(-1) for array in arrays]
    return np.concatenate([a[:: max(1, a.size // most)].astype(np.float64) for a in flat])
