"""Steps in machine code: one call for all arrays, from one gradient to the next."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from derivations.emit.llvm import task
from hermosis.compile.native import entry, threads
from hermosis.compile.native.border import Border, TooLarge, places
from hermosis.compile.step import Step
from hermosis.run import arguments
from hermosis.run.executor import SMALL, Ask, Executor, Rebind, uninterrupted
from hermosis.run.ledger import Energies, energies_of
from hermosis.run.parameters import Array, ParameterSet, row_of
from hermosis.run.state import State

if TYPE_CHECKING:
    from hermosis.run.optimizer import Optimizer

#: The most numbers that one thread works on by itself, holding Python's lock.
ALONE = 1 << 16


class NativeExecutor(Executor):
    """Enters addresses, jobs and numbers into a task, and calls machine code on it."""

    def __init__(
        self, optimizer: Optimizer, program: Step, leaves: list[Array], state: State
    ) -> None:
        super().__init__(optimizer, program, leaves, state)
        assert self.plan.native is not None
        self.native = self.plan.native
        self.precision = np.result_type(*(leaf.dtype for leaf in leaves))
        self.kernel = program.kernel(self.precision)
        self.odd: list[tuple[Array, Array]] = []
        self.weights = [self.plain(leaf) for leaf in leaves]
        self.rows = [[self.plain(array) for array in row] for row in self.states]
        self.names = self.plan.states
        self.drawn = [list(column) for column in zip(*self.noises.rows, strict=True)]
        self.one = len(self.native.segments) == 1
        self.first = self.kernel.steps[0]
        #: What stands for gradients before the first is due.
        self.blank = [] if self.plan.asks_first else [np.empty_like(w) for w in self.weights]
        self.enter_sizes(optimizer)
        self.columns = [
            (place, name)
            for place, name in enumerate(self.native.numbers)
            if name in self.sets[0] and name not in ("t", "count")
        ]
        self.loss = self.native.numbers.index("L") if "L" in self.native.numbers else None
        places = [self.native.numbers.index(name) for name in self.plan.energies]
        self.measured = itemgetter(*places) if places else None
        self.enter(self.sets)

    def plain(self, array: Array) -> Array:
        """Return an array as machine code reads it; a copy of one that it cannot."""
        flags = array.flags
        if type(array) is np.ndarray and array.dtype == self.precision:
            if flags.c_contiguous and flags.aligned:
                return array
        view = array.view(np.ndarray)
        if view.dtype == self.precision and flags.c_contiguous and flags.aligned:
            made = view
        else:
            made = np.empty(array.shape, self.precision)
        self.odd.append((view, made))
        return made

    def enter_sizes(self, optimizer: Optimizer) -> None:
        """Make the tables, and enter all that does not change from step to step."""
        sizes = np.array([leaf.size for leaf in self.leaves], dtype=np.int64)
        self.total = int(sizes.sum())
        jobs = [
            (leaf, begin, min(task.BLOCK, size - begin), self.groups[leaf])
            for leaf, size in enumerate(sizes.tolist())
            for begin in range(0, size, task.BLOCK)
        ]
        groups, count = len(self.sets), len(jobs)
        self.table = np.zeros((len(self.leaves), self.kernel.width), dtype=np.uintp)
        self.values_of = np.zeros((groups, len(self.native.numbers) + 1))
        self.jobs = np.array(jobs, dtype=np.int64).reshape(-1, task.JOB_WORDS)
        self.sizes, self.sums = sizes, np.zeros((count, max(self.native.slots, 1)))
        self.factors = np.zeros((groups, max(self.native.factors, 1)))
        keeps = self.total <= SMALL or self.native.guarded or bool(self.odd)
        self.backup = self.room() if keeps else None
        self.task = np.zeros(entry.WORDS, dtype=np.int64)
        self.task[[task.ARRAYS, task.SIZES, task.JOBS, task.NUMBERS]] = places(
            self.table, self.sizes, self.jobs, self.values_of
        )
        self.task[[task.FACTORS, task.SUMS, task.STATE]] = places(
            self.factors, self.sums, self.numbers
        )
        self.task[[task.LEAVES, task.COUNT, task.GROUPS]] = len(sizes), count, groups
        self.task[[task.TRUSTED, task.PERIOD]] = keeps, optimizer.period
        self.task[task.BACKUP] = 0 if self.backup is None else self.backup.ctypes.data
        self.task[[entry.LIST, entry.ARRAY]] = id(list), id(np.ndarray)
        self.task[[entry.PRECISION, entry.SMALL]] = id(self.kernel.precision.type), ALONE

    def room(self) -> NDArray[Any]:
        """Return memory for all that a step writes to."""
        return np.empty(max(self.total, 1) * (1 + len(self.plan.states)), self.precision)

    def enter(self, sets: list[dict[str, Any]]) -> None:
        """Enter the hyperparameters of a step."""
        for row, values in zip(self.values_of, sets, strict=True):
            for place, name in self.columns:
                row[place] = values[name]
            row[-1] = values.get("tau", 1.0)

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
        if self.moving:
            self.enter(self.values(state))
        if self.loss is not None:
            self.values_of[:, self.loss] = 0.0 if value is None else value
        plain = self.one and not self.odd and not self.noises.count
        if plain and state.numbers is self.numbers and len(state.arrays) == self.count:
            weights, slopes = ([w], [gradient]) if self.single else self.lists(w, gradient)
            arrays = state.arrays
            states = [arrays.get(name) for name in self.names]
            apart = self.single or self.is_apart(slopes)
            if apart and not self.first(self.task, weights, *states, slopes):
                if self.measured:
                    self.energies = self.measured(self.values_of[0].tolist())
                return
        self.with_care(w, gradient, state, ask, observe)

    def lists(self, w: ParameterSet, gradient: ParameterSet) -> tuple[list[Any], list[Any]]:
        """Return parameters and gradients as lists; empty ones where they are nested otherwise."""
        return row_of(w, self.structure) or [], row_of(gradient, self.structure) or []

    def with_care(
        self,
        w: ParameterSet,
        gradient: ParameterSet,
        state: State,
        ask: Ask | None,
        observe: Callable[[], None] | None,
    ) -> None:
        """Make a step that has gradients on its way or odd arrays, or say what is wrong."""
        self.adopt(w, state)
        slopes = self.slopes(gradient) if self.plan.asks_first else self.blank
        token = object()
        try:
            if self.owner is None:
                self.owner = token
            if self.owner is not token:
                raise self.concurrent()
            with uninterrupted() if self.one and self.odd else nullcontext():
                self.walk(w, slopes, state, ask, observe)
        finally:
            if self.owner is token:
                self.owner = None
        if self.measured:
            self.energies = self.measured(self.values_of[0].tolist())

    def walk(
        self,
        w: ParameterSet,
        slopes: list[Array],
        state: State,
        ask: Ask | None,
        observe: Callable[[], None] | None,
    ) -> None:
        """Do the segments of a step, with what is odd copied in and out."""
        border = Border(self.odd, state)
        border.enter()
        begun = False
        try:
            self.noises.draw(state)
            for index, place in enumerate(self.native.segments):
                if self.native.phases[place - 1].evaluates:
                    border.leave()
                    loss, found = self.asked(w, ask, observe)
                    slopes = self.slopes(found)
                    if self.loss is not None:
                        self.values_of[:, self.loss] = loss
                self.call(index, slopes)
                begun = True
            border.leave()
        except BaseException as error:
            if not border.is_done() or isinstance(error, TooLarge):
                if begun:
                    self.kernel.restore(self.task.ctypes.data)
                border.restore()
            if isinstance(error, TooLarge):
                raise self.overflow() from error
            raise

    def adopt(self, w: ParameterSet, state: State) -> None:
        """Take other arrays that are as those before; raise `Rebind` for what is not."""
        leaves = row_of(w, self.structure)
        if leaves is not None and self.holds(leaves, state):
            return
        leaves = state.leaves(w)
        if state.arrays.keys() != set(self.names):
            raise Rebind
        alike = len(leaves) == len(self.leaves) and state.numbers is self.numbers
        if not alike or self.odd or [x.shape for x in leaves] != [x.shape for x in self.leaves]:
            raise Rebind
        rows = [[state.arrays[n][i] for n in self.names] for i in range(len(leaves))]
        self.weights = [self.plain(leaf) for leaf in leaves]
        self.rows = [[self.plain(array) for array in row] for row in rows]
        if self.odd:
            raise Rebind
        self.own_arrays(leaves, rows)

    def slopes(self, gradient: ParameterSet) -> list[Array]:
        """Return gradients as machine code reads them."""
        found = row_of(gradient, self.structure)
        if found is not None and all(map(self.fits, found, self.leaves)):
            return list(found)
        return [np.asarray(array, self.precision) for array in self.checked(gradient)]

    def fits(self, slope: Any, leaf: Array) -> bool:
        """Tell whether a gradient is as its parameter is, in memory that no step writes to."""
        if type(slope) is not np.ndarray or slope.shape != leaf.shape:
            return False
        if slope.dtype != self.precision or not slope.flags.carray:
            return False
        return id(arguments.owner(slope)) not in self.owners

    def call(self, index: int, slopes: list[Array]) -> None:
        """Do a segment, or say by name what is wrong."""
        states = [list(column) for column in zip(*self.rows, strict=True)]
        given = [self.weights, *states, slopes, *self.drawn]
        status = self.kernel.steps[index](self.task, *given)
        if status == entry.MOVED:
            self.check_apart(states)
            status = self.kernel.steps[index](self.task, *given)
        if status in (entry.VIEWS, entry.SHARE):  # `slopes` has copied what shares memory
            status = self.shared(index)
        if status == task.LARGE_GRADIENT:
            status = self.kept(index)
        if status:
            raise self.refused(status, slopes)

    def check_apart(self, states: list[list[Array]]) -> None:
        """Raise `StructureError` unless all that is written lies in memory of its own."""
        try:
            arguments.check_apart(
                [*self.weights, *(array for column in states for array in column)],
                [*self.structure.paths, *(path for _ in states for path in self.structure.paths)],
            )
        except BaseException:
            self.table[...] = 0
            raise

    def shared(self, index: int) -> int:
        """Do a segment of which all addresses are known, with the help of threads."""
        return threads.run(self.kernel.segments[index], self.task.ctypes.data, self.total)

    def kept(self, index: int) -> int:
        """Do a segment again that may overflow, with room for what it writes to."""
        room = self.room()
        self.task[[task.BACKUP, task.TRUSTED]] = room.ctypes.data, 1
        try:
            return self.shared(index)
        finally:
            self.task[[task.BACKUP, task.TRUSTED]] = 0, 0

    def refused(self, status: int, slopes: list[Array]) -> Exception:
        """Say what is wrong."""
        if status == entry.UNUSUAL:
            return Rebind()
        if status == task.NOT_FINITE:
            arguments.check_finite(slopes, self.structure)
        if status in (task.NOT_FINITE, task.OVERFLOW):
            return self.overflow()
        names = self.native.numbers
        known = [dict(zip(names, row.tolist(), strict=False)) for row in self.values_of]
        return self.program.refusal(status - task.UNDEFINED, known)

    def measure(self, w: ParameterSet, state: State, value: float) -> Energies:
        self.adopt(w, state)
        self.enter(self.values(state))
        if self.loss is not None:
            self.values_of[:, self.loss] = value
        Border(self.odd, state).enter()
        for row, leaf, states in zip(self.table, self.weights, self.rows, strict=True):
            row[: 1 + len(states)] = places(leaf, *states)
        if self.kernel.measure(self.task.ctypes.data):
            return energies_of([np.nan], value)
        assert self.measured is not None
        return energies_of(self.measured(self.values_of[0].tolist()), value)
