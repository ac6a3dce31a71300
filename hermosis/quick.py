"""The short way of a step in NumPy: as little as can be done before the first ufunc is called.

It is for arrays as they usually are; what is unusual is left to the careful way, with parameters
and state as they were. Small arrays are worked on in their own shape, large ones in chunks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from hermosis.hyperparameters import is_grouped
from hermosis.parameters import Array, ParameterSet, leaves_of, shares_memory
from hermosis.runs import CHUNK, scratch_for
from hermosis.state import State
from hermosis.step import Step

if TYPE_CHECKING:
    from hermosis.optimizer import Optimizer


@dataclass
class Vector:
    """One small vector: what it looks like, and what its step is called with."""

    precision: Any
    shape: tuple[int, ...]
    call: Callable[..., Any]
    own: tuple[tuple[str, Array], ...]
    states: list[Array]
    rest: list[Any]


@dataclass
class Prepared:
    """What the arrays of a state look like, and scratch arrays in their shapes; none for large."""

    owner: ArrayQuick
    leaves: list[tuple[Any, tuple[int, ...], bool]]
    scratch: list[list[Array] | None]
    whole: dict[Any, list[Array]]
    vector: Vector | None


class ArrayQuick:
    """Makes steps of an optimizer the short way, or tells that it cannot."""

    def __init__(self, optimizer: Optimizer, step: Step) -> None:
        self.optimizer, self.step = optimizer, step
        self.given = dict(optimizer.hyperparameters)
        self.states = tuple(step.states)
        self.phases = [
            (self._function(index), tuple(phase["parameters"]), tuple(phase["totals"]))
            for index, phase in enumerate(step.phases, 1)
        ]
        read = {"tau"}.union(*(names for _, names, _ in self.phases))
        given = {n: x for n, x in optimizer.hyperparameters.items() if n in read}
        self.moves = any(map(callable, given.values()))
        self.values: dict[str, Any] = {} if self.moves else {n: float(x) for n, x in given.items()}
        self.clock, self.count = "t" in read, "count" in read
        self.duration = float(self.values.get("tau", 1.0))
        self.constant = not (self.moves or self.clock or self.count)

    def _function(self, index: int) -> Callable[..., Any]:
        functions = self.step.functions
        return functions["step" if self.step.plan["simple"] else f"phase_{index}"]

    def __call__(self, w: ParameterSet, grad: ParameterSet, state: State) -> bool:
        """Make a step and return True, or change nothing and return False."""
        arrays = state.arrays
        prepared = state.tables
        if type(prepared) is not Prepared or prepared.owner is not self:
            prepared = self._prepared(state)
            if prepared is None:
                return False
        if prepared.vector is not None and self._one_vector(w, grad, state, prepared.vector):
            return True
        if state.structure.tree is None:
            if not is_usual(w, grad, *prepared.leaves[0]):
                return False
            own = [arrays[name][0] for name in self.states]
            rows: list[list[Any]] = [[w, *own, grad]]
        else:
            weights, gradients = leaves_of(w, state.structure), leaves_of(grad, state.structure)
            if weights is None or gradients is None:
                return False
            if not all(map(is_usual, weights, gradients, *zip(*prepared.leaves, strict=True))):
                return False
            if shares_memory(gradients, weights):
                return False
            lists = [arrays[name] for name in self.states]
            rows = [list(row) for row in zip(weights, *lists, gradients, strict=True)]
        values = self.values if self.constant else self._values(state)
        if self.moves and any(map(is_grouped, values.values())):
            return False
        duration = self.run(rows, prepared, values)
        state.step += 1
        state.time += duration
        return True

    def _one_vector(self, w: Any, grad: Any, state: State, vector: Vector) -> bool:
        """Make the step of one small vector, with all that stays the same looked up before."""
        precision, shape = vector.precision, vector.shape
        if type(w) is not np.ndarray or type(grad) is not np.ndarray:
            return False
        if w.dtype is not precision or grad.dtype is not precision:
            return False
        if w.shape != shape or grad.shape != shape or w is grad:
            return False
        if w.base is not None or grad.base is not None or not w.flags.writeable:
            return False
        if not math.isfinite(np.vdot(grad, grad)):
            return False
        for name, own in vector.own:
            if state.arrays[name][0] is not own:
                return False
        vector.call(w, *vector.states, grad, *vector.rest)
        state.step += 1
        state.time += self.duration
        return True

    def run(self, rows: list[list[Any]], prepared: Prepared, values: dict[str, Any]) -> float:
        """Carry out the phases; return how long the step takes."""
        totals: dict[str, float] = {}
        for index, (called, names, sums) in enumerate(self.phases, 1):
            known = [totals[n] if n in totals else values[n] for n in names]
            found = [0.0] * len(sums)
            try:
                for row, scratch in zip(rows, prepared.scratch, strict=True):
                    if scratch is not None:
                        part = called(*row, *scratch, *known)
                        if sums:
                            found = added(found, part)
                        continue
                    for arrays in chunks(row, prepared.whole):
                        part = called(*arrays, *known)
                        if sums:
                            found = added(found, part)
            except (ArithmeticError, ValueError) as error:
                raise self.step.refusal(index, error, totals, [values]) from error
            totals.update(zip(sums, found, strict=True))
        return float(values.get("tau", 1.0))

    def _values(self, state: State) -> dict[str, Any]:
        """Return the hyperparameters of this step."""
        if self.moves:
            return self.optimizer.values(state)
        time = self.optimizer.clock(state, self.values)
        return self.values | {"t": time, "count": state.step + 1}

    def _prepared(self, state: State) -> Prepared | None:
        """Look at the arrays of a state once."""
        if not self.states:
            return None
        first = state.arrays[self.states[0]]
        count = self.step.plan["buffers"]
        scratch_for(first, count, state.scratch)
        whole = state.scratch
        scratch = [
            [a[: x.size].reshape(x.shape) for a in whole[x.dtype]]
            if x.size <= CHUNK or not count
            else None
            for x in first
        ]
        large = [row is None for row in scratch]
        leaves = [(x.dtype, x.shape, big) for x, big in zip(first, large, strict=True)]
        state.tables = Prepared(self, leaves, scratch, whole, self._vector(state, scratch))
        return state.tables

    def _vector(self, state: State, scratch: list[list[Array] | None]) -> Vector | None:
        """Look up what the step of one small vector takes, where nothing moves but it.

        Hyperparameters that only multiply arrays become arrays themselves, of no dimension: NumPy
        takes longer to find out what a number is than to multiply by it.
        """
        named = tuple((name, state.arrays[name][0]) for name in self.states)
        first = named[0][1]
        single = state.structure.tree is None and first.ndim == 1 and scratch[0] is not None
        if not (single and self.constant and self.step.plan["simple"]):
            return None
        (call, names, _) = self.phases[0]
        bare = self.step.plan["bare"]
        numbers = [
            np.array(self.values[n], first.dtype) if n in bare else self.values[n] for n in names
        ]
        own, rest = [array for _, array in named], [*(scratch[0] or ()), *numbers]
        return Vector(first.dtype, first.shape, call, named, own, rest)


class Short(Protocol):
    """Makes a step the short way if it can be; `given` are the hyperparameters that it knows."""

    given: dict[str, Any]

    def __call__(self, w: ParameterSet, grad: ParameterSet, state: State) -> bool: ...


def quick(optimizer: Optimizer, step: Step) -> Short | None:
    """Return the short way of an optimizer's step; None where there is none."""
    if step.is_native:
        from hermosis.native import quick as native

        return native.quick(optimizer, step)
    plan = step.plan
    if step.backend != "numpy" or step.whole or plan["noises"] or not plan["gradient_at_start"]:
        return None
    if any(phase["scalars"] or not phase["works"] for phase in step.phases):
        return None
    if any(map(is_grouped, optimizer.hyperparameters.values())):
        return None
    return ArrayQuick(optimizer, step)


def is_usual(w: Any, grad: Any, precision: Any, shape: tuple[int, ...], large: bool) -> bool:
    """Tell whether an array and its gradient are as a state was made for, apart, and finite."""
    if type(w) is not np.ndarray or type(grad) is not np.ndarray:
        return False
    if w.dtype is not precision or grad.dtype is not precision:
        return False
    if w.shape != shape or grad.shape != shape or not w.flags.writeable:
        return False
    if large and not (w.flags.c_contiguous and grad.flags.c_contiguous):
        return False
    if w is grad or ((w.base is not None or grad.base is not None) and shares_memory([grad], [w])):
        return False
    # The square is infinite where a number is, and NaN where one is; BLAS is fast at it, and quiet.
    if not large:
        return math.isfinite(np.vdot(grad, grad))
    parts = (grad.reshape(-1)[start : start + CHUNK] for start in range(0, grad.size, CHUNK))
    return all(math.isfinite(np.vdot(part, part)) for part in parts)


def chunks(row: list[Any], whole: dict[Any, list[Array]]) -> Iterator[list[Any]]:
    """Yield the arrays that each call works on, where they are large."""
    flat = [array.reshape(-1) for array in row]
    scratch = whole[flat[0].dtype]
    for start in range(0, flat[0].size, CHUNK):
        part = [array[start : start + CHUNK] for array in flat]
        yield [*part, *(array[: len(part[0])] for array in scratch)]


def added(sums: list[float], part: Any) -> list[float]:
    """Add what a call found to sums."""
    if len(sums) == 1:
        return [sums[0] + part]
    return [total + own for total, own in zip(sums, part, strict=True)]
