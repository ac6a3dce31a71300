"""The hyperparameters of steps to come, as a table that machine code reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from hermosis.run.optimizer import Optimizer

#: What the user's schedules may raise; it is raised again by the step that is then due.
_REFUSED = (ArithmeticError, LookupError, TypeError, ValueError)


@dataclass
class Clock:
    """How many steps were made, and the thermal time."""

    step: int
    time: float

    def tick(self, length: float, period: int) -> None:
        """Go on by one step."""
        self.step += 1
        self.time = 0.0 if period and self.step % period == 0 else self.time + length


def schedule(
    opt: Optimizer, names: list[str], step: int, time: float, steps: int
) -> NDArray[np.float64]:
    """Return what the next steps read, in the order of `names`, and then how long each is.

    The table begins behind so many steps, at a thermal time; columns of other names are zero.
    Where the hyperparameters of a step are refused, the table ends before it.
    """
    clock, rows = Clock(step, time), []
    moving = any(callable(opt.hyperparameters.get(name)) for name in (*names, "tau"))
    values = {} if moving else opt.values(clock)
    for _ in range(steps):
        if moving:
            try:
                values = opt.values(clock)
            except _REFUSED:
                break
        own = values | {"t": clock.time, "count": clock.step + 1}
        length = float(values.get("tau", 1.0))
        rows.append([*(float(own.get(name, 0.0)) for name in names), length])
        if not (moving or "t" in names or "count" in names):
            return np.tile(np.array(rows), (steps, 1))
        clock.tick(length, opt.period)
    return np.reshape(np.array(rows, dtype=float), (len(rows), len(names) + 1))
