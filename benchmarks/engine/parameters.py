"""Parameter sets (an array, or a dict, list or tuple of them) seen as one vector.

Problems speak in whatever structure is natural; the harness needs only copies, norms and, for
guests that know vectors alone, a way there and back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Parameters = Any  # Array | dict[str, Parameters] | list[Parameters] | tuple[Parameters, ...]


def leaves(w: Parameters) -> Iterator[Array]:
    """The arrays of a parameter set, in the order in which they stand."""
    if isinstance(w, dict):
        for part in w.values():
            yield from leaves(part)
    elif isinstance(w, (list, tuple)):
        for part in w:
            yield from leaves(part)
    else:
        yield np.asarray(w)


def ravel(w: Parameters) -> Array:
    """All numbers of a parameter set in one new vector."""
    return np.concatenate([array.ravel() for array in leaves(w)])


def unravel(vector: Array, like: Parameters) -> Parameters:
    """The vector's numbers in the structure of `like`: the inverse of `ravel`."""
    ends = iter(np.cumsum([array.size for array in leaves(like)]).tolist())

    def take(array: Array) -> Array:
        end = next(ends)
        return vector[end - array.size : end].reshape(array.shape)

    return mapped(take, like)


def copy(w: Parameters) -> Parameters:
    """The same structure over new arrays."""
    return mapped(np.array, w)


def mapped(function: Callable[[Array], Any], w: Parameters) -> Parameters:
    """The same structure with the function applied to each array."""
    if isinstance(w, dict):
        return {key: mapped(function, part) for key, part in w.items()}
    if isinstance(w, (list, tuple)):
        return type(w)(mapped(function, part) for part in w)
    return function(np.asarray(w))
