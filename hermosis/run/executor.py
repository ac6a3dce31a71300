"""What makes the steps of a state: bound once to its arrays, after which only gradients change.

There are three: NumPy and Numba source on chunks, whole matrices, and machine code. All make a
step or leave everything as it was. What is odd about an array (strided, of another precision than
the rest) becomes a working copy here, once; or it is refused by name.
"""

from __future__ import annotations

import math
import signal
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from hermosis.compile.step import Step
from hermosis.errors import ConcurrentStepError, NonFiniteStepError, StateError
from hermosis.run import arguments
from hermosis.run.hyperparameters import spread
from hermosis.run.ledger import Energies, energies_of
from hermosis.run.parameters import Array, ParameterSet, place_of, row_of
from hermosis.run.state import TIME, State

if TYPE_CHECKING:
    from hermosis.run.optimizer import Optimizer

#: Supplies a gradient that is due in mid-step, with the loss.
Ask = Callable[[ParameterSet], tuple[float, ParameterSet]]
#: The most numbers that a step keeps a copy of, whatever it is like.
SMALL = 1 << 13


class Rebind(Exception):
    """The arrays are not those that an executor was bound to, though they fit the state."""


class Executor(ABC):
    """Makes the steps of one optimizer on the arrays of one state.

    `energies` has what the latest step measured at its start, where the program keeps energies:
    kinetic and potential energy, heat and cooling.
    """

    def __init__(
        self, optimizer: Optimizer, program: Step, leaves: list[Array], state: State
    ) -> None:
        self.optimizer, self.program, self.plan = optimizer, program, program.plan
        self.version, self.structure = optimizer.version, state.structure
        self.numbers, self.scalars = state.numbers, state.names
        self.single = state.structure.tree is None
        rows = [[state.arrays[n][i] for n in self.plan.states] for i in range(len(leaves))]
        self.own_arrays(leaves, rows)
        self.sets, self.groups = spread(optimizer.values(state), state.structure)
        self.known_at = state.step
        read = {*self.plan.parameters, "tau"}
        own = (value for name, value in optimizer.hyperparameters.items() if name in read)
        self.moving = any(map(callable, own))
        self.small = sum(leaf.size for leaf in leaves) <= SMALL
        self.noises = Noises(self.plan.noises, leaves)
        self.energies: Sequence[float] = ()
        #: Whose step is under way. No other thread runs between a look at it and its change.
        self.owner: object | None = None

    def own_arrays(self, leaves: list[Array], states: list[list[Array]]) -> None:
        """Note the arrays that a step writes to, and who owns their memory."""
        self.leaves, self.states = leaves, states
        self.places = [
            (name, place, array, array.shape)
            for place, row in enumerate(states)
            for name, array in zip(self.plan.states, row, strict=True)
        ]
        self.shapes = [leaf.shape for leaf in leaves]
        self.count = len(self.plan.states)
        written = [array for row in (leaves, *states) for array in row]
        self.own = set(map(id, written))
        self.owners = {id(arguments.owner(array)) for array in written}

    @abstractmethod
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
        """Make a step in place, or raise with everything as it was.

        `gradient` is the one at `w`, where the rule reads it, `value` the loss there, and `norm`
        the length of the gradient, where it is known. `ask(w)` supplies gradients that are due in
        mid-step, each followed by `observe()`. Raises `Rebind` where the arrays are others.
        """

    @abstractmethod
    def measure(self, w: ParameterSet, state: State, value: float) -> Energies:
        """Measure the energies at a state, at which the loss is `value`."""

    def values(self, state: State) -> list[dict[str, Any]]:
        """Return the hyperparameters of this step, for each group of arrays.

        A schedule is asked once for each step.
        """
        if self.moving and self.known_at != state.step:
            sets, groups = spread(self.optimizer.values(state), self.structure)
            if groups != self.groups:
                raise Rebind
            self.sets, self.known_at = sets, state.step
        return self.sets

    def holds(self, leaves: Sequence[Any], state: State) -> bool:
        """Tell whether arrays and state are the very ones that this was bound to, as they were."""
        if state.numbers is not self.numbers or len(leaves) != len(self.leaves):
            return False
        for leaf, own, shape in zip(leaves, self.leaves, self.shapes, strict=True):
            if leaf is not own or own.shape != shape or not own.flags.writeable:
                return False
        arrays = state.arrays
        if len(arrays) != self.count:
            return False
        try:
            return all(
                arrays[name][place] is array and array.shape == shape and array.flags.writeable
                for name, place, array, shape in self.places
            )
        except (LookupError, TypeError):  # a state that was damaged
            return False

    def is_apart(self, gradients: Sequence[Any]) -> bool:
        """Tell whether no gradient is one of the arrays that a step writes to."""
        return self.own.isdisjoint(map(id, gradients))

    def checked(self, gradient: ParameterSet) -> list[Array]:
        """Return gradients that fit, are finite and lie in memory of their own."""
        written = [*self.leaves, *(array for row in self.states for array in row)]
        found = arguments.gradients(gradient, self.leaves, self.structure, written)
        arguments.check_finite(found, self.structure)
        return found

    def concurrent(self) -> ConcurrentStepError:
        """Say that another thread makes a step of this state."""
        return ConcurrentStepError(
            f"a step of this state of {self.optimizer.name} is under way in another thread; give "
            "each thread a state of its own, or wait for the step to end"
        )

    def asked(
        self, w: ParameterSet, ask: Ask | None, observe: Callable[[], None] | None
    ) -> tuple[float, ParameterSet]:
        """Return the loss and the gradient at weights in mid-step."""
        assert ask is not None
        value, gradient = ask(w)
        if observe is not None:
            observe()
        return value, gradient

    def overflow(self, before: list[Array] | None = None) -> NonFiniteStepError:
        """Say that a step came out infinite or as no number, and which array was so before."""
        arrays = [*self.leaves, *(array for row in self.states for array in row)]
        names = [place_of("the parameters", path) for path in self.structure.paths]
        for path in self.structure.paths:
            names += [place_of(f"the state {name}", path) for name in self.plan.states]
        for name, array in zip(names, before or arrays, strict=True):
            count = int(array.size - np.isfinite(array).sum())
            if count:
                return NonFiniteStepError(
                    f"{name} has {count} non-finite values of {array.size} before the step, so "
                    "that none can be made; go back to a state with finite numbers"
                )
        return NonFiniteStepError(
            "the step overflows: some parameter or state would not be finite; nothing was "
            "changed; lower the learning rate or clip the gradient"
        )


class Idle(Executor):
    """Moves the clock alone: the parameters have no numbers at all."""

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
        leaves = row_of(w, self.structure)
        if leaves is None or not self.holds(leaves, state):
            raise Rebind
        if self.plan.asks_first:
            self.checked(gradient)
        for _ in range(sum(phase.evaluates for phase in self.plan.phases)):
            self.checked(self.asked(w, ask, observe)[1])
        self.energies = [math.nan] * len(self.plan.energies)
        length, period = self.values(state)[0].get("tau", 1.0), self.optimizer.period
        step, time = state.step + 1, state.time + length
        self.numbers[: TIME + 1] = step, 0.0 if period and step % period == 0 else time

    def measure(self, w: ParameterSet, state: State, value: float) -> Energies:
        return energies_of([math.nan], value)


class Noises:
    """Arrays of normal random numbers, drawn anew in each step in the same memory."""

    def __init__(self, count: int, leaves: list[Array]) -> None:
        self.rows = [[np.empty(leaf.shape, leaf.dtype) for _ in range(count)] for leaf in leaves]
        self.count = count

    def draw(self, state: State) -> None:
        """Fill all arrays."""
        if self.count and state.random is None:
            raise StateError(
                "the state has no random numbers, which the word's N needs; make a new state by "
                "opt.init(w, seed=0)"
            )
        for row in self.rows:
            for array in row:
                assert state.random is not None
                state.random.standard_normal(out=array, dtype=array.dtype)


class Undo:
    """What a step writes to, as it was before: arrays, numbers and random numbers."""

    def __init__(self, arrays: list[Array], state: State) -> None:
        self.arrays, self.state = arrays, state
        self.kept: list[Array] = []

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Put everything back if anything is raised meanwhile."""
        if self.kept:
            for array, kept in zip(self.arrays, self.kept, strict=True):
                kept[...] = array
        else:
            self.kept = [array.copy() for array in self.arrays]
        numbers, random = self.state.numbers.copy(), self.state.random
        chance = None if random is None else random.bit_generator.state
        try:
            yield
        except BaseException:
            for array, kept in zip(self.arrays, self.kept, strict=True):
                array[...] = kept
            self.state.numbers[:] = numbers
            if random is not None and chance is not None:
                random.bit_generator.state = chance
            raise


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let Ctrl-C wait until what is written is whole."""
    handler = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield
        return
    caught: list[tuple[int, Any]] = []
    signal.signal(signal.SIGINT, lambda *told: caught.append(told))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if caught:
            handler(*caught[0])


def bind(optimizer: Optimizer, program: Step, leaves: list[Array], state: State) -> Executor:
    """Return what makes the steps of a state with a program.

    Raises `StateError` for a state of another optimizer.
    """
    plan = program.plan
    if set(state.arrays) != set(plan.states) or not set(plan.scalars) <= set(state.names):
        raise StateError(
            f"the state holds {', '.join(sorted(state.arrays)) or 'no arrays'}, but "
            f"{optimizer.name} carries {', '.join(sorted(plan.states)) or 'none'}; make a new "
            "state by opt.init(w)"
        )
    if not any(leaf.size for leaf in leaves):
        return Idle(optimizer, program, leaves, state)
    if plan.whole:
        from hermosis.run.matrices import MatrixExecutor

        return MatrixExecutor(optimizer, program, leaves, state)
    if plan.native is not None:
        from hermosis.compile.native.executor import NativeExecutor

        return NativeExecutor(optimizer, program, leaves, state)
    from hermosis.run.arrays import ArrayExecutor

    return ArrayExecutor(optimizer, program, leaves, state)
