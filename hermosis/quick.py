"""The short way of a step in NumPy: as little as can be done before the first ufunc is called.

It is for arrays as they usually are; what is unusual is left to the careful way, with parameters
and state as they were.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from operator import is_not
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from hermosis.hyperparameters import is_grouped
from hermosis.parameters import Array, ParameterSet, leaves_of, shares_memory
from hermosis.runs import CHUNK, Work, scratch_for
from hermosis.state import State
from hermosis.step import Step

if TYPE_CHECKING:
    from hermosis.optimizer import Optimizer


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
    if not step.states or any(map(is_grouped, optimizer.hyperparameters.values())):
        return None
    return ArrayQuick(optimizer, step)


@dataclass
class Vector:
    """What the step of one small vector is called with, where no number moves."""

    precision: Any
    shape: tuple[int, ...]
    call: Callable[..., Any]
    states: list[Array]
    rest: list[Any]


@dataclass
class Prepared:
    """What the arrays of a state look like, and the one small vector that they may be."""

    owner: ArrayQuick
    arrays: list[Array]
    leaves: list[tuple[Any, tuple[int, ...]]]
    vector: Vector | None


class ArrayQuick:
    """Makes steps of an optimizer the short way, or tells that it cannot."""

    def __init__(self, optimizer: Optimizer, step: Step) -> None:
        self.optimizer, self.step = optimizer, step
        self.given = dict(optimizer.hyperparameters)
        self.states = tuple(step.states)
        read = {"tau"}.union(*(phase["parameters"] for phase in step.phases))
        given = {n: x for n, x in optimizer.hyperparameters.items() if n in read}
        self.moves = any(map(callable, given.values()))
        self.values: dict[str, Any] = {} if self.moves else {n: float(x) for n, x in given.items()}
        self.duration = float(self.values.get("tau", 1.0))
        self.constant = not (self.moves or {"t", "count"} & read)

    def __call__(self, w: ParameterSet, grad: ParameterSet, state: State) -> bool:
        """Make a step and return True, or change nothing and return False."""
        prepared = state.tables
        if type(prepared) is not Prepared or prepared.owner is not self:
            prepared = state.tables = self._prepared(state)
        own = [array for name in self.states for array in state.arrays[name]]
        if len(own) != len(prepared.arrays) or any(map(is_not, own, prepared.arrays)):
            state.tables = None  # the state has other arrays by now, which want a careful look
            return False
        if prepared.vector is not None and self._one_vector(w, grad, state, prepared.vector):
            return True
        weights, gradients = leaves_of(w, state.structure), leaves_of(grad, state.structure)
        if weights is None or gradients is None:
            return False
        if not all(map(is_usual, weights, gradients, *zip(*prepared.leaves, strict=True))):
            return False
        if shares_memory(gradients, weights) or not all(x.flags.c_contiguous for x in own):
            return False
        values = self.values if self.constant else self._values(state)
        if self.moves and any(map(is_grouped, values.values())):
            return False
        count = len(weights)
        lists = [state.arrays[name] for name in self.states]
        work = Work(
            [x.reshape(-1) for x in weights],
            [[x.reshape(-1) for x in row] for row in zip(*lists, strict=True)],
            [x.reshape(-1) for x in gradients],
            [[]] * count,
            [values] * count,
        )
        self.step(work, state.scratch)
        state.step += 1
        state.time += float(values.get("tau", 1.0))
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
        try:
            vector.call(w, *vector.states, grad, *vector.rest)
        except (ArithmeticError, ValueError) as error:
            raise self.step.refusal(1, error, {}, [self.values]) from error
        state.step += 1
        state.time += self.duration
        return True

    def _values(self, state: State) -> dict[str, Any]:
        """Return the hyperparameters of this step."""
        if self.moves:
            return self.optimizer.values(state)
        time = self.optimizer.clock(state, self.values)
        return self.values | {"t": time, "count": state.step + 1}

    def _prepared(self, state: State) -> Prepared:
        """Look at the arrays of a state once."""
        own = [array for name in self.states for array in state.arrays[name]]
        leaves = [(x.dtype, x.shape) for x in state.arrays[self.states[0]]]
        return Prepared(self, own, leaves, self._vector(state))

    def _vector(self, state: State) -> Vector | None:
        """Look up what the step of one small vector takes, where nothing moves but it.

        Hyperparameters that only multiply arrays become arrays themselves, of no dimension: NumPy
        takes longer to find out what a number is than to multiply by it.
        """
        own, plan = [state.arrays[name][0] for name in self.states], self.step.plan
        first = own[0]
        single = state.structure.tree is None and first.ndim == 1 and first.size <= CHUNK
        if not (single and self.constant and plan["simple"]):
            return None
        scratch_for([first], plan["buffers"], state.scratch)
        scratch = [array[: first.size] for array in state.scratch[first.dtype]]
        names = self.step.phases[0]["parameters"]
        numbers = [
            np.array(self.values[n], first.dtype) if n in plan["bare"] else self.values[n]
            for n in names
        ]
        call = self.step.functions["step"]
        return Vector(first.dtype, first.shape, call, own, [*scratch, *numbers])


def is_usual(w: Any, grad: Any, precision: Any, shape: tuple[int, ...]) -> bool:
    """Tell whether an array and its gradient are as a state was made for, in one piece, finite."""
    if type(w) is not np.ndarray or type(grad) is not np.ndarray:
        return False
    if w.dtype is not precision or grad.dtype is not precision:
        return False
    if w.shape != shape or grad.shape != shape or not w.flags.writeable:
        return False
    if not (w.flags.c_contiguous and grad.flags.c_contiguous):
        return False
    # The square is infinite where a number is, and NaN where one is; BLAS is fast at it, and quiet.
    return math.isfinite(np.vdot(grad, grad))
