"""What an ensemble has to do, for whatever carries it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hermosis.run.optimizer import Optimizer
from hermosis.run.parameters import Array


@dataclass(frozen=True)
class Job:
    """Runs of an optimizer on a loss, one for each row of `starts`.

    Parameters
    ----------
    starts : (members, d), in one piece.
    x : (members, d), which takes the weights at the end.
    names, numbers : the hyperparameters that the step reads, and a row of them for each step.
    lengths : how long each step is, (steps,).
    own : those that each member has of its own, (members,), by name.
    keep, frames : how many steps lie between kept frames, and where they go; 0 for none.
    """

    fun: Any
    starts: Array
    x: Array
    opt: Optimizer
    names: list[str]
    numbers: NDArray[np.float64]
    lengths: NDArray[np.float64]
    own: dict[str, NDArray[np.float64]]
    keep: int
    frames: Array | None

    def frame(self, step: int, w: Array) -> None:
        """Keep the weights before a step, if it is time to."""
        if self.frames is not None and step % self.keep == 0:
            self.frames[step // self.keep] = w

    def columns(self, row: NDArray[np.float64]) -> list[Any]:
        """Return the hyperparameters of a step: numbers, and (members, 1) for members' own."""
        return [
            self.own[name][:, None] if name in self.own else float(number)
            for name, number in zip(self.names, row, strict=True)
        ]
