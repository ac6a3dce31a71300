"""What an optimizer carries from step to step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from hermosis.errors import StructureError
from hermosis.run.parameters import (
    Array,
    ParameterSet,
    Structure,
    check_squares,
    check_writable,
    leaves_of,
    write_back,
)

if TYPE_CHECKING:
    from hermosis.compile.step import Step
    from hermosis.run.optimizer import Optimizer

#: Makes a step of one state the short way and tells, or changes nothing and tells.
Make = Callable[[ParameterSet, ParameterSet, "State"], bool]
#: Supplies a gradient that is due in mid-step, with the loss.
Ask = Callable[[ParameterSet], tuple[float, ParameterSet]]
#: The same for a step that asks for gradients on its way, and has something told after each.
Along = Callable[[ParameterSet, ParameterSet, "State", Ask, Callable[[], None] | None], bool]


@dataclass(frozen=True)
class Short:
    """The short way of the steps of one state, and the optimizer whose steps they are."""

    owner: Optimizer
    make: Make
    along: Along | None = None


@dataclass
class State:
    """What an optimizer carries from step to step.

    `arrays` holds the state arrays by name, each a list with the shapes of the parameters; those
    in `matrices` are square instead, with a row and a column for each component of a parameter.
    `step` counts steps, `time` is the thermal time, `scalars` holds the internal
    energy U and what else is one number.
    """

    structure: Structure
    arrays: dict[str, list[Array]]
    step: int = 0
    time: float = 0.0
    scalars: dict[str, float] = field(default_factory=lambda: {"U": 0.0})
    random: np.random.Generator | None = None
    matrices: tuple[str, ...] = ()
    noises: list[list[Array]] = field(default_factory=list, repr=False, compare=False)
    scratch: dict[Any, list[Array]] = field(default_factory=dict, repr=False, compare=False)
    short: Short | None = field(default=None, repr=False, compare=False)

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy keeps: all but what a step makes again."""
        return self.__dict__ | {"noises": [], "scratch": {}, "short": None}

    def drawn(self, needed: int, views: list[Array]) -> list[list[Array]]:
        """Return `needed` arrays of fresh random numbers for each view, in the same memory."""
        shapes = [[(view.shape, view.dtype)] * needed for view in views]
        if [[(own.shape, own.dtype) for own in row] for row in self.noises] != shapes:
            self.noises = [[np.empty_like(view) for _ in range(needed)] for view in views]
        for array in (array for row in self.noises for array in row):
            assert self.random is not None
            self.random.standard_normal(out=array, dtype=array.dtype)
        return self.noises

    def take_back(self, names: list[str], views: list[list[Array]]) -> None:
        """Copy what was read as other arrays to the state arrays that it came from."""
        for place, row in enumerate(views):
            for name, view in zip(names, row, strict=True):
                write_back(view, self.arrays[name][place])

    def leaves(self, w: ParameterSet) -> list[Array]:
        """Return the arrays of `w`; raise `StructureError` unless this state was made for them."""
        leaves = leaves_of(w, self.structure)
        if leaves is None:
            raise StructureError(
                "the parameters are not nested like those that this state was made for; "
                "make a new one by opt.init(w)"
            )
        check_writable(leaves, self.structure)
        self.check_fits(leaves)
        return leaves

    def check_fits(self, leaves: list[Array]) -> None:
        """Raise `StructureError` unless this state was made for arrays like `leaves`."""
        for name, arrays in self.arrays.items():
            for array, leaf in zip(arrays, leaves, strict=True):
                due = (leaf.size, leaf.size) if name in self.matrices else leaf.shape
                if array.shape != due or array.dtype != leaf.dtype:
                    raise StructureError(
                        f"the state {name} holds {array.dtype}{list(array.shape)}, but the "
                        f"parameter {leaf.dtype}{list(leaf.shape)}; make a new state by opt.init(w)"
                    )


def at_rest(leaves: list[Array], structure: Structure, step: Step) -> State:
    """Return the state of zeros that a step carries, for arrays like `leaves`.

    Raises `MatrixSizeError`.
    """
    matrices = step.matrices
    if matrices:
        check_squares(leaves, structure)

    def zeros(name: str, leaf: Array) -> Array:
        shape = (leaf.size, leaf.size) if name in matrices else leaf.shape
        return np.zeros(shape, leaf.dtype)

    arrays = {name: [zeros(name, leaf) for leaf in leaves] for name in step.states}
    scalars = {"U": 0.0} | dict.fromkeys(step.plan.get("scalars", ()), 0.0)
    return State(structure, arrays, scalars=scalars, matrices=matrices)


@contextmanager
def unchanged_if_refused(leaves: list[Array], state: State) -> Iterator[None]:
    """Put parameters and state back to what they are now if anything is raised meanwhile."""
    own = [array for arrays in state.arrays.values() for array in arrays]
    kept = [(array, array.copy()) for array in (*leaves, *own)]
    scalars = dict(state.scalars)
    random = None if state.random is None else state.random.bit_generator
    chance = None if random is None else random.state
    try:
        yield
    except BaseException:
        for array, old in kept:
            array[...] = old
        state.scalars.update(scalars)
        if random is not None and chance is not None:
            random.state = chance
        raise
