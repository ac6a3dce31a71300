"""The border of machine code: working copies of arrays that it cannot read, and the way back."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hermosis.run.parameters import Array
from hermosis.run.state import STEP, State


class TooLarge(Exception):
    """A number of a working copy is too large for the array that it belongs to."""


class Border:
    """Copies of odd arrays around a step, and what a state was before it."""

    def __init__(self, odd: list[tuple[Array, Array]], state: State) -> None:
        self.pairs = [(own, copy) for own, copy in odd if not np.may_share_memory(own, copy)]
        self.kept = [own.copy() for own, _ in self.pairs]
        self.state, self.numbers = state, state.numbers.copy()
        self.chance = None if state.random is None else state.random.bit_generator.state

    def enter(self) -> None:
        """Copy the arrays in."""
        for own, copy in self.pairs:
            copy[...] = own

    def leave(self) -> None:
        """Copy the arrays out; raise `TooLarge` for what does not fit."""
        for own, copy in self.pairs:
            with np.errstate(over="ignore"):
                rounded = copy.astype(own.dtype)
            if not np.isfinite(rounded).all():
                raise TooLarge
            own[...] = rounded

    def is_done(self) -> bool:
        """Whether the step was made, so that all is as it should be after it."""
        return self.state.numbers[STEP] != self.numbers[STEP]

    def restore(self) -> None:
        """Put everything back that is not machine code's."""
        for (own, _), kept in zip(self.pairs, self.kept, strict=True):
            own[...] = kept
        self.state.numbers[:] = self.numbers
        if self.state.random is not None and self.chance is not None:
            self.state.random.bit_generator.state = self.chance


def places(*arrays: NDArray[Any]) -> list[int]:
    """Return where arrays lie in memory."""
    return [array.ctypes.data for array in arrays]
