"""One step under way: phases carried out on the arrays of a parameter set, one by one.

This is the way of NumPy and Numba source. NumPy's works on chunks that stay in the cache, with
scratch arrays of the size of a chunk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from hermosis.parameters import Array

#: Numbers in a chunk: few enough to stay in the cache, enough to make calls cheap.
CHUNK = 1 << 15


@dataclass(frozen=True)
class Work:
    """What a step works on, with one entry for each array of a parameter set.

    `states` are the state arrays of each, `noises` its random numbers, `values` its
    hyperparameters; there are no `gradients` where they are due in mid-step.
    """

    weights: list[Array]
    states: list[list[Array]]
    gradients: list[Array] | None
    noises: list[list[Array]]
    values: list[dict[str, Any]]


class Run(Protocol):
    """A step that has begun."""

    def slopes(self, gradients: list[Array]) -> None:
        """Take the gradients that the next phases read."""

    def phase(self, index: int, phase: dict[str, Any], totals: dict[str, float]) -> list[float]:
        """Do the array work of a phase; return its sums. Raises what its formulas raise."""


class ArrayRun:
    """Calls a Python function for each array, or for each chunk of it."""

    def __init__(
        self, functions: dict[str, Callable[..., Any]], work: Work, scratch: dict[Any, list[Array]]
    ) -> None:
        self.functions, self.work, self.scratch = functions, work, scratch
        self.gradients: list[Any] = work.gradients or [None] * len(work.weights)

    def slopes(self, gradients: list[Array]) -> None:
        self.gradients = gradients

    def phase(self, index: int, phase: dict[str, Any], totals: dict[str, float]) -> list[float]:
        called = self.functions.get(f"phase_{index}") or self.functions["step"]
        sums = [0.0] * len(phase["totals"])
        for place, value in enumerate(self.work.values):
            known = [totals[n] if n in totals else value[n] for n in phase["parameters"]]
            for arrays in self._pieces(place):
                part = called(*arrays, *known)
                if len(sums) == 1:
                    sums[0] += part
                elif sums:
                    sums = [total + own for total, own in zip(sums, part, strict=True)]
        return sums

    def _pieces(self, place: int) -> Iterator[list[Any]]:
        """Yield the arguments that are arrays: whole, or chunk by chunk."""
        work, weight = self.work, self.work.weights[place]
        arrays = [weight, *work.states[place], self.gradients[place], *work.noises[place]]
        scratch = self.scratch.get(weight.dtype, [])
        if not scratch or weight.size == len(scratch[0]):
            yield [*arrays, *scratch]
            return
        chunk = len(scratch[0])
        for start in range(0, weight.size or 1, chunk):
            part = slice(start, start + chunk)
            cut = [None if array is None else array[part] for array in arrays]
            left = min(chunk, weight.size - start)
            yield [*cut, *(array[:left] for array in scratch)]


def scratch_for(views: list[Array], count: int, kept: dict[Any, list[Array]]) -> None:
    """Make the scratch arrays that are missing, one set for each precision, of a chunk at most."""
    for precision in {view.dtype for view in views}:
        size = min(CHUNK, max(view.size for view in views if view.dtype == precision))
        own = kept.get(precision, [])
        if len(own) < count or (own and len(own[0]) < size):
            kept[precision] = [np.empty(size, precision) for _ in range(count)]
