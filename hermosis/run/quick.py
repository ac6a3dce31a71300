"""The short way of a step in NumPy: as little as can be done before the first ufunc is called.

It is for arrays as they usually are; what is unusual is left to the careful way, with parameters
and state as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy import ndarray

from hermosis.compile.step import Step, functions_of
from hermosis.run.hyperparameters import is_grouped
from hermosis.run.parameters import Array, ParameterSet, leaves_of, row_of, shares_memory
from hermosis.run.runs import WHOLE, Cut, Work, cuts, scratch_for
from hermosis.run.state import Make, Short, State

if TYPE_CHECKING:
    from hermosis.run.optimizer import Optimizer

#: The most numbers of a vector that fit into the first cache beside what else is there.
SHORT = 1024
#: What a number that is not defined raises; NumPy raises other errors, or none.
UNDEFINED = (ZeroDivisionError, OverflowError, ValueError)

Leaf = tuple[Any, tuple[int, ...]]
#: A step of one piece: of w, its gradient, and the clocks.
Move = Callable[..., None]
#: A step of all arrays, whose gradients were checked, at some hyperparameters.
Take = Callable[[list[Array], list[Array], dict[str, Any], State], None]


class Quick(Protocol):
    """Prepares the short way of an optimizer's steps."""

    def prepare(self, w: ParameterSet, state: State) -> Short | None:
        """Make ready for the steps of a state; None where they cannot be made this way."""


def quick(optimizer: Optimizer, step: Step) -> Quick | None:
    """Return the short way of an optimizer's step; None where there is none."""
    if step.is_native:
        from hermosis.compile.native import quick as native

        return native.quick(optimizer, step)
    plan = step.plan
    if step.backend != "numpy" or step.whole or plan["noises"] or not plan["gradient_at_start"]:
        return None
    if any(phase["scalars"] or not phase["works"] for phase in step.phases):
        return None
    if any(map(is_grouped, optimizer.hyperparameters.values())):
        return None
    return ArrayQuick(optimizer, step)


class ArrayQuick:
    """Prepares steps of an optimizer in NumPy."""

    def __init__(self, optimizer: Optimizer, step: Step) -> None:
        self.optimizer, self.step = optimizer, step
        self.given = dict(optimizer.hyperparameters)
        read = {"tau", *step.plan["parameters"]}
        given = {n: x for n, x in optimizer.hyperparameters.items() if n in read}
        self.moves = any(map(callable, given.values()))
        self.values: dict[str, Any] = {} if self.moves else {n: float(x) for n, x in given.items()}
        self.duration = float(self.values.get("tau", 1.0))
        self.constant = not (self.moves or {"t", "count"} & read)

    def values_at(self, state: State) -> dict[str, Any] | None:
        """Return the hyperparameters of this step; None if they differ between arrays."""
        if self.constant:
            return self.values
        if not self.moves:
            time = self.optimizer.clock(state, self.values)
            return self.values | {"t": time, "count": state.step + 1}
        values = self.optimizer.values(state)
        return None if any(map(is_grouped, values.values())) else values

    def prepare(self, w: ParameterSet, state: State) -> Short | None:
        """Look at the arrays of a state once; None if they are not as usual."""
        weights = leaves_of(w, state.structure)
        lists = [state.arrays[name] for name in self.step.states]
        own = [list(row) for row in zip(*lists, strict=True)] or [[] for _ in weights or ()]
        if weights is None or not all(map(is_plain, weights)) or len(own) != len(weights):
            return None
        for weight, row in zip(weights, own, strict=True):
            if not all(map(is_plain, row)):
                return None
            if any(x.dtype != weight.dtype or x.shape != weight.shape for x in row):
                return None
        scratch_for(weights, self.step.plan["buffers"], state.scratch)
        is_vector = state.structure.tree is None and weights[0].ndim == 1
        if is_vector and weights[0].nbytes <= WHOLE:
            return Short(self.optimizer, one_vector(self, weights[0], own[0], state))
        return Short(self.optimizer, some_arrays(self, weights, own, state))


class Mover:
    """Binds the function of a step to what stays the same in a run: states, scratch, numbers."""

    def __init__(self, quick: ArrayQuick) -> None:
        self.plan = quick.step.plan
        self.function = functions_of(self.plan["vector"])["step"]
        self.fixed: list[str] = self.plan["fixed"]
        # NumPy multiplies sooner by an array of no dimension than by a number.
        self.bare = set(self.plan["bare"]).intersection(quick.values)

    def bound(self, arrays: Sequence[Array], precision: Any, values: dict[str, Any]) -> Move:
        """Return the step of these states and scratch arrays, as a function of w and gradient."""
        numbers = [
            np.array(values[name], precision) if name in self.bare else values[name]
            for name in self.fixed
        ]
        return partial(self.function, *arrays, *numbers)


def one_vector(quick: ArrayQuick, weight: Array, own: list[Array], state: State) -> Make:
    """Prepare steps of one small vector, with as few checks as there can be."""
    optimizer, given, step, clock = quick.optimizer, quick.given, quick.step, quick.optimizer.clock
    precision, size, duration = weight.dtype, weight.size, quick.duration
    arrays = [*own, *(array[:size] for array in state.scratch.get(precision, []))]
    mover, constant = Mover(quick), quick.constant
    move = None if quick.moves else mover.bound(arrays, precision, quick.values)
    kept = list(zip(step.states, own, strict=True))
    weighed = weighing(size, precision)

    def make(w: Any, grad: Any, state: State) -> bool:
        if given != optimizer.hyperparameters:
            return optimizer.forget(state)
        if type(w) is not ndarray or type(grad) is not ndarray:
            return False
        if w.dtype is not precision or grad.dtype is not precision or w is grad:
            return False
        if w.ndim != 1 or grad.ndim != 1 or len(w) != size or len(grad) != size:
            return False
        if (w.base is not None or grad.base is not None) and np.may_share_memory(w, grad):
            return False
        try:
            if not w.flags.writeable or not isfinite(weighed(grad)):
                return False
        except (FloatingPointError, RuntimeWarning):
            return False
        lists = state.arrays
        for name, array in kept:
            if lists[name][0] is not array:
                state.short = None  # the state has another array by now
                return False
        try:
            if move is None:
                if (values := quick.values_at(state)) is None:
                    return False
                bound = mover.bound(arrays, precision, values)
                bound(w, grad, values["t"], values["count"])
                state.time += values.get("tau", 1.0)
            else:
                if constant:
                    move(w, grad)
                else:
                    move(w, grad, clock(state, given), state.step + 1)
                state.time += duration
        except UNDEFINED:
            return False  # nothing is written yet, and the careful way says what is not defined
        state.step += 1
        return True

    return make


def weighing(size: int, precision: Any) -> Callable[[Array], Any]:
    """Return what makes one number of a vector, which is finite only where the vector is.

    A short one is sooner multiplied by another, of numbers so small that no sum overflows.
    """
    if size > SHORT:
        return lambda vector: np.vdot(vector, vector)
    tiny = np.full(size, np.sqrt(np.finfo(precision).tiny), precision)
    return tiny.dot


def some_arrays(
    quick: ArrayQuick, weights: list[Array], own: list[list[Array]], state: State
) -> Make:
    """Prepare steps of any arrays, in chunks."""
    optimizer, given, step = quick.optimizer, quick.given, quick.step
    structure, states = state.structure, [[array.reshape(-1) for array in row] for row in own]
    leaves = [(weight.dtype, weight.shape) for weight in weights]
    cut = cuts([weight.reshape(-1) for weight in weights], states, state.scratch)
    kept = [(name, i, row[k]) for i, row in enumerate(own) for k, name in enumerate(step.states)]
    simple = step.plan["simple"]
    take = simple_steps(quick, leaves, cut) if simple else any_steps(quick, states, cut)

    def make(w: Any, grad: Any, state: State) -> bool:
        if given != optimizer.hyperparameters:
            return optimizer.forget(state)
        found, slopes = row_of(w, structure), row_of(grad, structure)
        if found is None or slopes is None:
            return False
        viewed = not {*map(id, found)}.isdisjoint(map(id, slopes))
        for weight, slope, (precision, shape) in zip(found, slopes, leaves, strict=True):
            if type(weight) is not ndarray or type(slope) is not ndarray:
                return False
            if weight.dtype is not precision or slope.dtype is not precision:
                return False
            if weight.shape != shape or slope.shape != shape or not is_whole(weight, slope):
                return False
            viewed = viewed or weight.base is not None or slope.base is not None
            # The square is infinite where a number is, and NaN where one is; BLAS is fast at it.
            if not isfinite(np.vdot(slope, slope)):
                return False
        if viewed and shares_memory(slopes, found):
            return False
        lists = state.arrays
        for name, place, array in kept:
            if lists[name][place] is not array:
                state.short = None  # the state has other arrays by now
                return False
        values = quick.values_at(state)
        if values is None:
            return False
        try:
            take(found, slopes, values, state)
        except UNDEFINED:
            return False  # nothing is written yet, and the careful way says what is not defined
        state.step += 1
        state.time += float(values.get("tau", 1.0))
        return True

    return make


def simple_steps(quick: ArrayQuick, leaves: list[Leaf], cut: list[list[Cut]]) -> Take:
    """Return what steps where no array waits for another: one call for each piece."""
    mover = Mover(quick)
    pieces = [
        (place, one.part, (*one.states, *one.scratch), precision)
        for place, (precision, _) in enumerate(leaves)
        for one in cut[place]
    ]

    def bound(values: dict[str, Any]) -> list[Any]:
        return [(i, part, mover.bound(a, kind, values)) for i, part, a, kind in pieces]

    fixed = None if quick.moves else bound(quick.values)

    def take(w: list[Array], grad: list[Array], values: dict[str, Any], state: State) -> None:
        times = values.get("t"), values.get("count")
        for place, part, move in fixed or bound(values):
            weight, slope = w[place].reshape(-1), grad[place].reshape(-1)
            if part is not None:
                weight, slope = weight[part], slope[part]
            move(weight, slope, *times)

    return take


def any_steps(quick: ArrayQuick, states: list[list[Array]], cut: list[list[Cut]]) -> Take:
    """Return what steps phase by phase, with sums between them."""
    step, count = quick.step, len(states)
    noises: list[list[Array]] = [[]] * count

    def take(w: list[Array], grad: list[Array], values: dict[str, Any], state: State) -> None:
        weights, slopes = ([array.reshape(-1) for array in row] for row in (w, grad))
        step(Work(weights, states, slopes, noises, [values] * count, cut), state.scratch)

    return take


def is_whole(weight: Array, slope: Array) -> bool:
    """Tell whether two arrays lie in one piece each, and the first may change."""
    flags = weight.flags
    return bool(flags.writeable and flags.c_contiguous and slope.flags.c_contiguous)


def is_plain(array: Any) -> bool:
    """Tell whether an array lies in one piece, so that it has itself as a flat view."""
    return type(array) is ndarray and array.flags.c_contiguous
