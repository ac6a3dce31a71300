"""Pieces of arrays that NumPy works on one after the other, with scratch arrays for all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from hermosis.run.parameters import Array

#: Bytes in a chunk: few enough for all of a step's to stay in the cache, enough to make calls
#: cheap. What is hardly longer stays whole.
CHUNK, WHOLE = 1 << 18, 1 << 19


class Piece(NamedTuple):
    """A piece of an array and of what goes with it; `part` is None where it is all of it.

    `before` and `behind` are the arguments of a function before and behind the gradient.
    """

    place: int
    part: slice | None
    before: tuple[Array, ...]
    behind: tuple[Array, ...]


def cut(
    weights: list[Array],
    rows: list[list[Array]],
    noises: list[list[Array]],
    scratch: dict[Any, list[Array]],
    buffers: int,
    whole: bool,
) -> Iterator[Piece]:
    """Cut arrays into pieces, with scratch arrays as long as the longest of a precision.

    `scratch` keeps these for the next time.
    """
    for weight in weights:
        length = weight.size if whole else _length_of(weight)
        kept = scratch.get(weight.dtype, [])
        if len(kept) < buffers or (kept and kept[0].size < length):
            scratch[weight.dtype] = [np.empty(length, weight.dtype) for _ in range(buffers)]
    for place, (weight, row) in enumerate(zip(weights, rows, strict=True)):
        length = weight.size if whole else _length_of(weight)
        own = scratch.get(weight.dtype, [])
        for start in range(0, max(weight.size, 1), max(length, 1)):
            part = slice(start, min(start + length, weight.size))
            is_all = weight.size <= length
            before = tuple(array if is_all else array[part] for array in (weight, *row))
            behind = [noise.reshape(-1)[part] for noise in noises[place]]
            behind += [array[: part.stop - start] for array in own]
            yield Piece(place, None if is_all else part, before, tuple(behind))


def _length_of(array: Array) -> int:
    """Return how many numbers of an array are worked on at a time."""
    return array.size if array.nbytes <= WHOLE else CHUNK // array.itemsize
