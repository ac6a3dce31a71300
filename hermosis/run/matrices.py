"""Steps of rules that read arrays as matrices: each array in its own shape, by LAPACK."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hermosis.run.arrays import ArrayExecutor
from hermosis.run.parameters import Array
from hermosis.run.pieces import Piece


class MatrixExecutor(ArrayExecutor):
    """Calls a Python function for each array, whole and in its own shape."""

    def flat(self, array: Array) -> Array:
        """Return an array as it is: NumPy reads any."""
        return array.view(np.ndarray)

    def as_read(self, array: Array) -> Array:
        """Return an array as it is."""
        return array

    def cut(self) -> Iterator[Piece]:
        """Take each array as one piece."""
        for place, (weight, row) in enumerate(zip(self.weights, self.rows, strict=True)):
            yield Piece(place, None, (weight, *row), tuple(self.noises.rows[place]))
