"""The hyperparameters of steps to come, as a table that machine code reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hermosis.run.state import State

if TYPE_CHECKING:
    from hermosis.run.optimizer import Optimizer

#: What the user's schedules may raise; it is raised again by the step that is then due.
_REFUSED = (ArithmeticError, LookupError, TypeError, ValueError)


@dataclass(frozen=True)
class Schedule:
    """Rows of numbers, one for each step, and the times at which steps begin and the last ends."""

    numbers: NDArray[np.float64]
    times: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.numbers)


def schedule(opt: Optimizer, names: list[str], state: State, steps: int) -> Schedule:
    """Return what the next steps of a state read, in the order of `names`.

    Columns of other names are zero. Where the hyperparameters of a step are refused, the table
    ends before it.
    """
    if not any(callable(opt.hyperparameters.get(name)) for name in (*names, "tau")):
        return _constant(opt, names, state, steps)
    at = State(state.structure, {}, state.step, state.time)
    rows, times = [], [state.time]
    for _ in range(steps):
        try:
            values = opt.values(at)
        except _REFUSED:
            break
        rows.append(_row(names, values))
        at.step += 1
        at.time += float(values.get("tau", 1.0))
        times.append(at.time)
    return Schedule(
        np.reshape(np.array(rows, dtype=float), (len(rows), len(names))), np.array(times)
    )


def _constant(opt: Optimizer, names: list[str], state: State, steps: int) -> Schedule:
    """Return the table of hyperparameters that no step changes, but for its number and time."""
    values = opt.values(state)
    times = np.full(steps + 1, float(values.get("tau", 1.0)))
    times[0] = state.time
    np.add.accumulate(times, out=times)
    numbers = np.tile(np.array(_row(names, values), dtype=float), (steps, 1))
    if "count" in names:
        numbers[:, names.index("count")] = state.step + 1 + np.arange(steps)
    if "t" in names:
        numbers[:, names.index("t")] = _clock(opt, state, values, times[:-1])
    return Schedule(numbers, times)


def _clock(
    opt: Optimizer, state: State, values: dict[str, Any], times: NDArray[np.float64]
) -> list[float] | NDArray[np.float64]:
    """Return the thermal times at which steps begin, by the optimizer's own clock."""
    from hermosis.run.optimizer import Optimizer

    if type(opt).clock is Optimizer.clock:
        return times
    at, found = State(state.structure, {}, state.step), []
    for time in times:
        at.time = float(time)
        found.append(opt.clock(at, values))
        at.step += 1
    return found


def _row(names: list[str], values: dict[str, Any]) -> list[float]:
    return [float(values.get(name, 0.0)) for name in names]
