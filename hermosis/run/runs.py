"""One step under way: phases carried out on the arrays of a parameter set, one by one.

This is the way of NumPy and Numba source. NumPy's works on chunks that stay in the cache, with
scratch arrays of the size of a chunk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from hermosis.run.parameters import Array

#: Temporary arrays of each precision, of the length of a chunk.
Scratch = dict[Any, list[Array]]
#: Bytes in a chunk: few enough for all of a step's to stay in the cache, enough to make calls
#: cheap. What is hardly longer stays whole.
CHUNK, WHOLE = 1 << 18, 1 << 19


class Cut(NamedTuple):
    """A piece of an array and of what goes with it; `part` is None where it is all of it."""

    part: slice | None
    states: list[Array]
    scratch: list[Array]


@dataclass(frozen=True)
class Work:
    """What a step works on, with one entry for each array of a parameter set.

    `states` are the state arrays of each, `noises` its random numbers, `values` its
    hyperparameters; there are no `gradients` where they are due in mid-step. `cuts` are the chunks
    of the states, if they were made before.
    """

    weights: list[Array]
    states: list[list[Array]]
    gradients: list[Array] | None
    noises: list[list[Array]]
    values: list[dict[str, Any]]
    cuts: list[list[Cut]] | None = None


class Run(Protocol):
    """A step that has begun."""

    def slopes(self, gradients: list[Array]) -> None:
        """Take the gradients that the next phases read."""

    def phase(self, index: int, phase: dict[str, Any], totals: dict[str, float]) -> list[float]:
        """Do the array work of a phase; return its sums. Raises what its formulas raise."""


class ArrayRun:
    """Calls a Python function for each array, or for each chunk of it."""

    def __init__(
        self, functions: dict[str, Callable[..., Any]], work: Work, scratch: Scratch
    ) -> None:
        self.functions, self.work = functions, work
        self.cuts = work.cuts or cuts(work.weights, work.states, scratch)
        self.slopes(work.gradients or [None] * len(work.weights))

    def slopes(self, gradients: Sequence[Array | None]) -> None:
        work = self.work
        rows = zip(self.cuts, work.weights, gradients, work.noises, strict=True)
        self.pieces = [[_arguments(cut, w, g, more) for cut in cuts] for cuts, w, g, more in rows]

    def phase(self, index: int, phase: dict[str, Any], totals: dict[str, float]) -> list[float]:
        called = self.functions.get(f"phase_{index}") or self.functions["step"]
        names, count = phase["parameters"], len(phase["totals"])
        sums = [0.0] * count
        for pieces, value in zip(self.pieces, self.work.values, strict=True):
            known = [totals[n] if n in totals else value[n] for n in names]
            for arrays in pieces:
                part = called(*arrays, *known)
                if count == 1:
                    sums[0] += part
                elif count:
                    sums = [total + own for total, own in zip(sums, part, strict=True)]
        return sums


def _arguments(cut: Cut, weight: Array, gradient: Array | None, noises: list[Array]) -> list[Any]:
    """Return the arguments that are arrays, for one piece."""
    part = cut.part
    if part is None:
        return [weight, *cut.states, gradient, *noises, *cut.scratch]
    slope = None if gradient is None else gradient[part]
    return [weight[part], *cut.states, slope, *(noise[part] for noise in noises), *cut.scratch]


def cuts(weights: list[Array], states: list[list[Array]], scratch: Scratch) -> list[list[Cut]]:
    """Cut arrays into pieces, with as much of the scratch arrays of their precision."""
    return [
        list(_chunks(weight, own, scratch.get(weight.dtype, [])))
        for weight, own in zip(weights, states, strict=True)
    ]


def _chunks(weight: Array, states: list[Array], scratch: list[Array]) -> Iterator[Cut]:
    size, length = weight.size, length_of(weight)
    if size == length or not scratch:
        yield Cut(None, states, [array[:size] for array in scratch])
        return
    for start in range(0, size, length):
        part, left = slice(start, start + length), min(length, size - start)
        yield Cut(part, [x[part] for x in states], [array[:left] for array in scratch])


def length_of(array: Array) -> int:
    """Return how many numbers of an array are worked on at a time."""
    return array.size if array.nbytes <= WHOLE else CHUNK // array.itemsize


def scratch_for(views: list[Array], count: int, kept: Scratch) -> None:
    """Make the scratch arrays that are missing: one set for each precision, as long as due."""
    for precision in {view.dtype for view in views}:
        length = max(length_of(view) for view in views if view.dtype == precision)
        own = kept.get(precision, [])
        if len(own) < count or (own and len(own[0]) < length):
            kept[precision] = [np.empty(length, precision) for _ in range(count)]
