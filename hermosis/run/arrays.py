"""Steps in NumPy: the source's functions on chunks of arrays that stay in the cache.

Numba source goes the same way, whole arrays at a time.
"""

from __future__ import annotations

import math
import operator
import struct
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import vdot

from hermosis.compile.step import Step
from hermosis.run.direct import HUGE, UNDEFINED, direct_step
from hermosis.run.executor import Ask, Executor, Rebind, uninterrupted
from hermosis.run.ledger import Energies, energies_of
from hermosis.run.parameters import Array, ParameterSet, row_of
from hermosis.run.phases import Phase, move, phases_of
from hermosis.run.pieces import Piece, cut
from hermosis.run.state import SCALARS, STEP, TIME, State

if TYPE_CHECKING:
    from hermosis.run.optimizer import Optimizer

Function = Callable[..., Any]


class Overflow(Exception):
    """Something that was written is not finite."""


class ArrayExecutor(Executor):
    """Calls a Python function for each chunk of each array."""

    def __init__(
        self, optimizer: Optimizer, program: Step, leaves: list[Array], state: State
    ) -> None:
        super().__init__(optimizer, program, leaves, state)
        self.scratch: dict[Any, list[Array]] = {}
        self.lay_out()
        self.phases = phases_of("phase", self.plan.phases, program.functions)
        self.gauge = phases_of("gauge", self.plan.gauge, program.functions)
        self.keeps = self.small or self.plan.guarded
        clocks = {"t", "count", "L"}.intersection(self.plan.parameters)
        self.timed = bool(clocks or self.plan.scalars or self.plan.energies)
        self.period, self.memory = optimizer.period, self.numbers.data
        self.form = struct.Struct(f"{len(self.numbers)}d")
        self.direct = direct_step(self)

    def lay_out(self) -> None:
        """Cut the arrays as they are now; views would stay where they were if one is resized."""
        self.odd: list[tuple[Array, Array]] = []
        self.weights = [self.flat(leaf) for leaf in self.leaves]
        self.rows = [[self.flat(array) for array in row] for row in self.states]
        self.pieces = list(self.cut())
        self.written = [*self.weights, *(array for row in self.rows for array in row)]
        self.restored = [*self.written, *(original for original, _ in self.odd)]
        arrays = [*self.leaves, *(array for row in self.states for array in row)]
        one_piece = len(self.pieces) == len(self.leaves)
        self.views = not one_piece or any(map(operator.is_not, arrays, self.written))

    def flat(self, array: Array) -> Array:
        """Return an array as one axis; a copy of one that is not contiguous."""
        if type(array) is np.ndarray and array.ndim == 1 and array.flags.carray:
            return array
        plain = array.view(np.ndarray)
        if plain.flags.c_contiguous and plain.flags.aligned:
            return plain.reshape(-1)
        made = np.empty(plain.size, plain.dtype)
        self.odd.append((plain, made))
        return made

    def as_read(self, array: Array) -> Array:
        """Return an array that is contiguous as functions read it."""
        return array.reshape(-1)

    def cut(self) -> Iterator[Piece]:
        """Cut arrays into pieces that stay in the cache; Numba takes them whole."""
        whole = self.program.backend == "numba"
        own, count = self.scratch, self.plan.buffers
        return cut(self.weights, self.rows, self.noises.rows, own, count, whole)

    def step(
        self,
        w: ParameterSet,
        gradient: ParameterSet,
        state: State,
        value: float | None = None,
        ask: Ask | None = None,
        observe: Callable[[], None] | None = None,
        norm: float | None = None,
    ) -> None:
        if self.direct is not None:
            if self.direct(w, gradient, state, value, norm):
                return
        self.expect(w, state)
        if self.views:
            self.lay_out()
        values = self.values(state)
        slopes, huge = self.slopes(gradient) if self.plan.asks_first else (None, False)
        token = object()
        try:
            if self.owner is None:
                self.owner = token
            if self.owner is not token:
                raise self.concurrent()
            if self.keeps or huge:
                self.transact(w, slopes, values, state, value, ask, observe)
            else:
                with uninterrupted():
                    self.run(w, slopes, values, state, value, ask, observe)
        except Overflow:
            raise self.overflow() from None
        finally:
            if self.owner is token:
                self.owner = None

    def expect(self, w: ParameterSet, state: State) -> None:
        """Raise `Rebind` unless parameters and state are those that this was bound to."""
        leaves = [w] if self.single else row_of(w, self.structure)
        if leaves is None or not self.holds(leaves, state):
            raise Rebind

    def transact(
        self,
        w: ParameterSet,
        slopes: list[Array] | None,
        values: list[dict[str, Any]],
        state: State,
        value: float | None,
        ask: Ask | None,
        observe: Callable[[], None] | None,
    ) -> None:
        """Carry out the phases, or put back all that they wrote to."""
        kept, begun = [array.copy() for array in self.restored], self.numbers[STEP]
        chance = None if state.random is None else state.random.bit_generator.state
        try:
            self.run(w, slopes, values, state, value, ask, observe)
        except BaseException:
            if self.numbers[STEP] == begun:
                for array, old in zip(self.restored, kept, strict=True):
                    array[...] = old
                if state.random is not None and chance is not None:
                    state.random.bit_generator.state = chance
            raise

    def run(
        self,
        w: ParameterSet,
        slopes: list[Array] | None,
        values: list[dict[str, Any]],
        state: State,
        value: float | None,
        ask: Ask | None,
        observe: Callable[[], None] | None,
    ) -> None:
        """Carry out the phases, and move the clock when all is well."""
        self.enter(state)
        known = self.known(values, state, value) if self.timed else values
        totals: dict[str, float] = {}
        for index, phase in enumerate(self.phases, 1):
            if phase.plan.evaluates:
                self.leave()
                loss, found = self.asked(w, ask, observe)
                slopes, _ = self.slopes(found)
                known = [own | {"L": loss} for own in known]
            try:
                if phase.function is not None:
                    with np.errstate(all="ignore"):
                        self.work(phase, slopes, known, totals)
                if phase.scalars is not None:
                    move(phase, known[0], totals)
            except UNDEFINED as error:
                raise self.program.refusal(index, [known[0] | totals], error) from error
        for array in self.written:
            if not math.isfinite(_square(array)) and not np.isfinite(array).all():
                raise Overflow
        self.leave()
        self.energies = [totals[name] for name in self.plan.energies]
        before = self.numbers.tolist()
        scalars = [totals.get(n, x) for n, x in zip(self.scalars, before[SCALARS:], strict=True)]
        self.commit(before, values[0].get("tau", 1.0), scalars)

    def enter(self, state: State) -> None:
        """Copy odd arrays in, and draw random numbers."""
        for original, copy in self.odd:
            copy[...] = original.reshape(-1)
        if self.noises.count:
            self.noises.draw(state)

    def leave(self) -> None:
        """Copy odd arrays out."""
        for original, copy in self.odd:
            original[...] = copy.reshape(original.shape)

    def commit(self, before: list[Any], length: float, scalars: list[float]) -> None:
        """Move the clock and the scalars of the state at once."""
        step, time = before[STEP] + 1.0, before[TIME] + length
        if self.period and step % self.period == 0:
            time = 0.0
        self.form.pack_into(self.memory, 0, step, time, *scalars)

    def work(
        self,
        phase: Phase,
        slopes: list[Array] | None,
        known: list[dict[str, Any]],
        totals: dict[str, float],
    ) -> None:
        """Do the array work of a phase, and note its sums over all arrays."""
        plan, function = phase.plan, phase.function
        assert function is not None
        names, ends, norms = plan.parameters, plan.totals, plan.norms
        given = [[totals[n] if n in totals else own[n] for n in names] for own in known]
        for number, (place, part, before, behind) in enumerate(self.pieces):
            slope = None if slopes is None else slopes[place]
            if slope is not None and part is not None:
                slope = slope[part]
            found = function(*before, slope, *behind, *given[self.groups[place]])
            for name, own in zip(ends, (found,) if len(ends) == 1 else found or (), strict=True):
                if number:
                    both = totals[name], own
                    own = math.hypot(*both) if name in norms else both[0] + both[1]
                totals[name] = own

    def known(
        self, values: list[dict[str, Any]], state: State, value: float | None
    ) -> list[dict[str, Any]]:
        """Return all numbers that phases may read, for each group of arrays."""
        step, time, *scalars = self.numbers.tolist()
        clocks = {"t": time, "count": step + 1, **dict(zip(self.scalars, scalars, strict=True))}
        if value is not None:
            clocks["L"] = value
        return [own | clocks for own in values]

    def slopes(self, gradient: ParameterSet) -> tuple[list[Array], bool]:
        """Return gradients as one axis each, and whether one is huge."""
        found = [gradient] if self.single else row_of(gradient, self.structure)
        if found is None or not all(map(_fits, found, self.leaves)) or not self.is_apart(found):
            found = self.checked(gradient)
        huge = False
        for array in found:
            if not _square(array) < HUGE[array.itemsize]:
                huge = True
                self.checked(gradient)
        return [x if x.ndim == 1 else self.as_read(x) for x in found], huge

    def measure(self, w: ParameterSet, state: State, value: float) -> Energies:
        self.expect(w, state)
        if self.views:
            self.lay_out()
        for original, copy in self.odd:
            copy[...] = original.reshape(-1)
        known = self.known(self.values(state), state, value)
        totals: dict[str, float] = {}
        for phase in self.gauge:
            if phase.function is not None:
                with np.errstate(all="ignore"):
                    self.work(phase, None, known, totals)
            if phase.scalars is not None:
                move(phase, known[0], totals)
        return energies_of([totals[name] for name in self.plan.energies], value)


def _square(array: Array) -> float:
    """Return a number that is infinite where one of an array is, and NaN where one is.

    `vdot` gives no warning where it overflows, as `dot` does.
    """
    return float(vdot(array, array))


def _fits(slope: Any, leaf: Array) -> bool:
    """Tell whether a gradient is as its parameter is, in memory that it has from nobody."""
    if type(slope) is not np.ndarray or slope.base is not None or slope.shape != leaf.shape:
        return False
    alike = slope.dtype is leaf.dtype or slope.dtype == leaf.dtype
    return alike and slope.flags.c_contiguous
