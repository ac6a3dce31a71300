"""The short way of a step that pauses: for a gradient due on its way, or for scalars that move.

Addresses and jobs are entered once for the arrays of a state; then each phase is one call into
machine code. Other arrays, large ones and what is unusual are left to the careful way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hermosis.compile.native import threads
from hermosis.compile.native.kernel import PRECISIONS, Kernel
from hermosis.compile.native.tables import jobs_of
from hermosis.compile.step import Step
from hermosis.run import parameters
from hermosis.run.hyperparameters import is_grouped
from hermosis.run.parameters import Array, ParameterSet, leaves_of, row_of
from hermosis.run.state import Ask, Short, State

if TYPE_CHECKING:
    from hermosis.run.optimizer import Optimizer


class Phased:
    """Prepares steps of an optimizer, phase by phase."""

    def __init__(self, optimizer: Optimizer, step: Step) -> None:
        self.optimizer, self.step = optimizer, step
        self.given = dict(optimizer.hyperparameters)
        self.fixed = not any(map(callable, self.given.values()))
        self.values = {n: float(x) for n, x in self.given.items()} if self.fixed else {}
        plan = step.plan
        self.names: list[str] = plan["llvm"]["numbers"]
        self.timed = bool({"t", "count"} & {*plan["parameters"]})
        self.asks_first = bool(plan["gradient_at_start"] or plan["starts_with_gradient"])
        self.asks_later = any(phase["evaluates"] for phase in step.phases)

    def prepare(self, w: ParameterSet, state: State) -> Short | None:
        """Enter the arrays of a state; None if they are not as usual."""
        weights = leaves_of(w, state.structure)
        if not weights or not all(map(_is_plain, weights)):
            return None
        if sum(weight.size for weight in weights) >= threads.WORTHWHILE:
            return None
        if len({weight.dtype for weight in weights}) != 1 or weights[0].dtype not in PRECISIONS:
            return None
        lists = [state.arrays[name] for name in self.step.states]
        states = [list(row) for row in zip(*lists, strict=True)] or [[] for _ in weights]
        for weight, row in zip(weights, states, strict=True):
            for own in row:
                if not _is_plain(own) or own.dtype != weight.dtype or own.shape != weight.shape:
                    return None
        walk = _Walk(self, _Tables.of(self, weights, states), state)
        return Short(self.optimizer, walk.make, walk.along if self.asks_later else None)

    def values_at(self, state: State) -> dict[str, Any] | None:
        """Return the hyperparameters of this step; None if they differ between arrays."""
        if not self.fixed:
            moved = self.optimizer.values(state)
            return None if any(map(is_grouped, moved.values())) else moved
        if not self.timed:
            return self.values
        time = self.optimizer.clock(state, self.values)
        return self.values | {"t": time, "count": state.step + 1}


@dataclass(frozen=True)
class _Tables:
    """Where the arrays of a state are, and the pieces that they are worked on in."""

    code: Kernel
    weights: list[Array]
    states: list[list[Array]]
    arrays: Any
    jobs: Any
    numbers: Any
    sums: Any
    places: tuple[int, int, int, int]
    """Where in memory arrays, jobs, numbers and sums are."""
    kept: list[tuple[Array, Array]]
    """Each array that a step writes to, with room for what it holds before the step."""

    @classmethod
    def of(cls, phased: Phased, weights: list[Array], states: list[list[Array]]) -> _Tables:
        """Enter the addresses; those of gradients follow when they are known."""
        code = phased.step.kernel(weights[0].dtype)
        rows = [[w, *own] for w, own in zip(weights, states, strict=True)]
        arrays = np.zeros((len(rows), code.width), dtype=np.uintp)
        for place, row in enumerate(rows):
            arrays[place, : len(row)] = [array.ctypes.data for array in row]
        jobs = jobs_of([weight.size for weight in weights])
        numbers, sums = np.zeros(len(phased.names)), np.zeros((len(jobs), code.sums))
        places = (arrays.ctypes.data, jobs.ctypes.data, numbers.ctypes.data, sums.ctypes.data)
        kept = [(array, np.empty_like(array)) for row in rows for array in row]
        return cls(code, weights, states, arrays, jobs, numbers, sums, places, kept)


class _Phase(NamedTuple):
    """A phase: what it asks for, its machine code, and what becomes of its sums."""

    asks: bool
    call: Callable[..., int] | None
    add: Callable[..., int] | None
    totals: list[tuple[int, str]]
    reads: list[str] | None
    """What its scalars are moved by; None where none moves."""


class _Walk:
    """Makes the steps of one state; all that stays the same is looked up before."""

    def __init__(self, phased: Phased, tables: _Tables, state: State) -> None:
        self.phased, self.tables, self.structure = phased, tables, state.structure
        self.gradient = tables.code.arrays.index("gradient")
        self.phases = [self._phase(k, phase) for k, phase in enumerate(phased.step.phases)]
        self.own = {*map(id, tables.weights)}
        self.slopes: list[Array] = []
        scalars = set(phased.step.plan["scalars"])
        self.scalars = [(k, name) for k, name in enumerate(phased.names) if name in scalars]

    def make(self, w: ParameterSet, grad: ParameterSet, state: State) -> bool:
        """Make a step that needs no gradient but the first; tell whether it was made."""
        return not self.phased.asks_later and self.along(w, grad, state, None, None)

    def along(
        self,
        w: ParameterSet,
        grad: ParameterSet,
        state: State,
        ask: Ask | None,
        observe: Callable[[], None] | None,
    ) -> bool:
        """Make a step; `ask(w)` supplies the gradients due in mid-step, each told to `observe`."""
        phased = self.phased
        if phased.given != phased.optimizer.hyperparameters:
            return phased.optimizer.forget(state)
        if not self._is_same(w, state):
            state.short = None
            return False
        values = phased.values_at(state)
        if values is None:
            return False
        kept, scalars = self.tables.kept, dict(state.scalars)
        for array, room in kept:
            room[...] = array
        try:
            if phased.asks_first:
                self._enter(grad)
            self._walk(w, state, values, ask, observe)
        except BaseException:
            for array, room in kept:
                array[...] = room
            state.scalars.update(scalars)
            raise
        state.step += 1
        state.time += float(values.get("tau", 1.0))
        return True

    def _is_same(self, w: ParameterSet, state: State) -> bool:
        """Tell whether weights and states are the arrays that were entered."""
        tables, found = self.tables, row_of(w, self.structure)
        if found is None:
            return False
        for place, weight in enumerate(tables.weights):
            if found[place] is not weight or not weight.flags.writeable:
                return False
        return all(
            state.arrays[name][place] is own[k]
            for k, name in enumerate(self.phased.step.states)
            for place, own in enumerate(tables.states)
        )

    def _enter(self, gradient: ParameterSet) -> None:
        """Enter where the gradients are, which are copied or converted first if they must be."""
        tables = self.tables
        slopes = row_of(gradient, self.structure) or []
        fits = len(slopes) == len(tables.weights) and all(map(_fits, slopes, tables.weights))
        if not fits or not self.own.isdisjoint(map(id, slopes)):
            slopes = parameters.gradients(gradient, tables.weights, self.structure)
            slopes = [np.require(slope, requirements=("C", "A")) for slope in slopes]
        for slope in slopes:
            # The square is infinite where a number is, and NaN where one is; BLAS is fast at it.
            if not isfinite(np.vdot(slope, slope)):
                parameters.check_finite(slopes, self.structure)
        self.slopes = slopes  # which must live as long as their addresses are read
        for row, slope in zip(tables.arrays, slopes, strict=True):
            row[self.gradient] = slope.ctypes.data

    def _walk(
        self,
        w: ParameterSet,
        state: State,
        values: dict[str, Any],
        ask: Ask | None,
        observe: Callable[[], None] | None,
    ) -> None:
        """Carry out the phases one by one."""
        numbers, step = self.tables.numbers, self.phased.step
        arrays, jobs, entered, sums = self.tables.places
        count = len(self.tables.jobs)
        known = {**values, **state.scalars}
        self._tell(known)
        for index, phase in enumerate(self.phases, 1):
            if phase.asks:
                assert ask is not None
                self._enter(ask(w)[1])
                if observe is not None:
                    observe()
            if phase.call is not None and phase.call(arrays, jobs, 0, count, entered, sums):
                error = FloatingPointError("a factor is not finite")
                raise step.refusal(index, error, known, [known])
            if phase.add is not None:
                phase.add(count, entered, sums)
                for place, name in phase.totals:
                    known[name] = float(numbers[place])
            if phase.reads is not None:
                moved = step.moved(index, phase.reads, state.scalars, known)
                known.update(moved)
                state.scalars.update(moved)
                for place, name in self.scalars:
                    numbers[place] = moved[name]

    def _tell(self, known: dict[str, Any]) -> None:
        """Enter hyperparameters and scalars among the numbers that machine code reads."""
        numbers = self.tables.numbers
        for place, name in enumerate(self.phased.names):
            numbers[place] = known.get(name, 0.0)

    def _phase(self, index: int, phase: dict[str, Any]) -> _Phase:
        code, names = self.tables.code, self.phased.names
        return _Phase(
            bool(phase["evaluates"]),
            code.phase[index] if phase["works"] else None,
            code.add[index] if phase["works"] and phase["totals"] else None,
            [(names.index(name), name) for name in phase["totals"]],
            phase["scalars"],
        )


def _is_plain(array: Any) -> bool:
    """Tell whether machine code can read and write an array where it is."""
    flags = array.flags if type(array) is np.ndarray else None
    return bool(flags is not None and flags.c_contiguous and flags.aligned and flags.writeable)


def _fits(slope: Any, weight: Array) -> bool:
    """Tell whether a gradient is as its weight is, in memory of its own."""
    if type(slope) is not np.ndarray or slope.base is not None:
        return False
    return bool(
        slope.dtype is weight.dtype and slope.shape == weight.shape and slope.flags.c_contiguous
    )
