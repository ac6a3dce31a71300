"""The short way of a step: one call into machine code, which checks its arguments by itself.

What is not as usual (other arrays than those of a state, a gradient that is not finite, memory that
is shared) is left to the careful way, with parameters and state as they were.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from hermosis.compile.native import crew, entry, layout, threads, whole
from hermosis.compile.native.kernel import PRECISIONS, Kernel
from hermosis.compile.native.phased import Phased
from hermosis.compile.step import Step
from hermosis.run.hyperparameters import is_grouped
from hermosis.run.parameters import ParameterSet, leaves_of, row_of, shares_memory
from hermosis.run.state import Make, Short, State

if TYPE_CHECKING:
    from hermosis.run.optimizer import Optimizer


@dataclass
class Tables:
    """What the steps of one state write their addresses, jobs and numbers into."""

    code: Kernel
    precision: Any
    numbers: Any
    room: Any
    tasks: dict[Any, Any] = field(default_factory=dict)

    @cached_property
    def alone(self) -> Any:
        """The words of a crew of one thread."""
        return crew.words(1, threads.together())

    def task(self, leaves: int, jobs: int) -> int:
        """Return where the task of a large step is; the same as long as its jobs are."""
        key = (leaves, jobs)
        if key not in self.tasks:
            start = entry.HEAD + leaves * self.code.width
            room = self.room.ctypes.data
            words = {
                whole.ARRAYS: room + 8 * entry.HEAD,
                whole.JOBS: room + 8 * start,
                whole.NUMBERS: self.numbers.ctypes.data,
                whole.SUMS: room + 8 * (start + 3 * jobs),
                whole.COUNT: jobs,
            }
            self.tasks[key] = np.array([words[place] for place in sorted(words)], dtype=np.int64)
        return int(self.tasks[key].ctypes.data)


class Quick:
    """Prepares steps of an optimizer in machine code."""

    def __init__(self, optimizer: Optimizer, step: Step) -> None:
        self.optimizer, self.step = optimizer, step
        self.given = dict(optimizer.hyperparameters)
        self.names: list[str] = step.plan["llvm"]["numbers"]
        self.states = tuple(step.states)
        read = {*self.names, "tau"}
        given = {name: x for name, x in optimizer.hyperparameters.items() if name in read}
        self.fixed = not any(map(callable, given.values()))
        self.values = {name: float(value) for name, value in given.items() if self.fixed}
        self.duration = self.values.get("tau", 1.0)
        self.clock = self.names.index("t") if "t" in self.names else None
        self.count = self.names.index("count") if "count" in self.names else None

    def prepare(self, w: ParameterSet, state: State) -> Short | None:
        """Make ready for the steps of a state; None where they cannot be made this way."""
        weights = leaves_of(w, state.structure)
        tables = self._tables(weights) if weights else None
        return None if tables is None else Short(self.optimizer, self._steps(tables, state))

    def _steps(self, tables: Tables, state: State) -> Make:
        """Return what makes steps; all that stays the same is looked up before."""
        optimizer, structure, given = self.optimizer, state.structure, self.given
        names, states, values, duration = self.names, self.states, self.values, self.duration
        fixed, clock, count = self.fixed, self.clock, self.count
        call, ndarray, precision = tables.code.step, np.ndarray, tables.precision
        numbers, room, is_one = tables.numbers, tables.room, structure.tree is None

        def make(w: ParameterSet, grad: ParameterSet, state: State) -> bool:
            if given != optimizer.hyperparameters:
                return optimizer.forget(state)
            if is_one:
                weights, gradients = [w], [grad]
            else:
                found, slopes = row_of(w, structure), row_of(grad, structure)
                if not found or not slopes or not {*map(id, found)}.isdisjoint(map(id, slopes)):
                    return False
                weights, gradients = found, slopes
            took = duration
            if not fixed:
                moved = optimizer.values(state)
                if any(map(is_grouped, moved.values())):
                    return False
                for place, name in enumerate(names):
                    numbers[place] = moved.get(name, 0.0)
                took = moved.get("tau", 1.0)
            else:
                if clock is not None:
                    numbers[clock] = optimizer.clock(state, values)
                if count is not None:
                    numbers[count] = state.step + 1
            own = state.arrays
            lists = [own[name] for name in states]
            status = call(ndarray, precision, numbers, room, weights, *lists, gradients)
            if status:
                if status == entry.VIEWS and not shares_memory(gradients, weights):
                    status = entry.LARGE
                if status == entry.LARGE:
                    status = self._in_threads(tables, len(weights))
                if status:
                    self._refuse(status, numbers)
                    return False
            state.step += 1
            state.time += took
            return True

        return make

    def _tables(self, weights: list[Any]) -> Tables | None:
        """Make room for the tables of a state, if its arrays are of one precision."""
        first = weights[0]
        if type(first) is not np.ndarray or first.dtype not in PRECISIONS:
            return None
        code = self.step.kernel(first.dtype)
        jobs = sum(-(-getattr(x, "size", 0) // entry.BLOCK) for x in weights)
        words = entry.room(len(weights), jobs, code.width, code.sums)
        numbers = np.array([self.values.get(name, 0.0) for name in self.names])
        # NumPy has one object for each of its own precisions, by which machine code knows them.
        precision = np.dtype(first.dtype.type)
        return Tables(code, precision, numbers, np.zeros(words, dtype=np.int64))

    def _in_threads(self, tables: Tables, leaves: int) -> int:
        """Make a step on large arrays, whose tables are filled."""
        code, room, crew = tables.code, tables.room, threads.crew()
        task = tables.task(leaves, int(room[0]))
        if crew is None or not crew.takes(int(room[1])):
            return code.large(tables.alone.ctypes.data, task)
        return crew.run(code.large, task)

    def _refuse(self, status: int, numbers: Any) -> None:
        """Raise what a phase found; what the arguments are wrong in is found the careful way."""
        if status > entry.UNDEFINED:
            known = dict(zip(self.names, numbers.tolist(), strict=True))
            raise self.step.refusal(
                status - entry.UNDEFINED, FloatingPointError("a factor is not finite"), {}, [known]
            )


def quick(optimizer: Optimizer, step: Step) -> Quick | Phased | None:
    """Return the short way of an optimizer's step; None where there is none."""
    plan = step.plan
    if not step.is_native or plan["noises"]:
        return None
    if any(map(is_grouped, optimizer.hyperparameters.values())):
        return None
    pauses = any(phase["scalars"] or not phase["works"] for phase in step.phases)
    if pauses or not plan["gradient_at_start"] or not layout.is_known():
        return Phased(optimizer, step)
    return Quick(optimizer, step)
