"""What an optimizer carries from step to step."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hermosis.errors import StateError
from hermosis.run.arguments import checked_leaves
from hermosis.run.hyperparameters import as_number
from hermosis.run.parameters import Array, ParameterSet, Structure, place_of

if TYPE_CHECKING:
    from derivations.emit.program.plan import StepPlan
    from hermosis.run.executor import Executor

#: Where the numbers of a state begin with the steps made and the thermal time; scalars follow.
STEP, TIME, SCALARS = range(3)


class Scalars(MutableMapping[str, float]):
    """The scalars of a state by name, which are kept in the state's own numbers."""

    def __init__(self, names: tuple[str, ...], numbers: NDArray[np.float64]) -> None:
        self._names, self._numbers = names, numbers

    def __getitem__(self, name: str) -> float:
        return float(self._numbers[SCALARS + self._place(name)])

    def __setitem__(self, name: str, value: float) -> None:
        self._numbers[SCALARS + self._place(name)] = number_of(value, f"the scalar {name}")

    def __delitem__(self, name: str) -> None:
        raise StateError(f"the scalar {name} cannot be taken out of a state; set it to a number")

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return repr(dict(self))

    def _place(self, name: str) -> int:
        if name not in self._names:
            raise KeyError(name)
        return self._names.index(name)


@dataclass
class State:
    """What an optimizer carries from step to step.

    `arrays` holds the state arrays by name, each a list with the shapes of the parameters; those
    in `matrices` are square instead, with a row and a column for each component of a parameter.
    `step` counts steps, `time` is the thermal time, `scalars` holds the internal energy U and what
    else is one number. `numbers` are all of these in one array: steps, time, scalars in order.
    """

    structure: Structure
    arrays: dict[str, list[Array]]
    names: tuple[str, ...] = ("U",)
    numbers: NDArray[np.float64] = field(default_factory=lambda: np.zeros(SCALARS + 1))
    random: np.random.Generator | None = None
    matrices: tuple[str, ...] = ()
    bound: dict[bool, Executor] = field(default_factory=dict, repr=False, compare=False)

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse what is no part of a state; `numbers` are kept where nothing resizes them."""
        if name == "arrays" and not isinstance(value, dict):
            raise StateError(f"the arrays of a state are {_said(value)}, and not a dict by name")
        if name == "numbers":
            value = self._numbers(value)
        super().__setattr__(name, value)

    def _numbers(self, value: Any) -> NDArray[np.float64]:
        count = SCALARS + len(self.names)
        is_row = type(value) is np.ndarray and value.shape == (count,)
        if not is_row or value.dtype != np.float64 or not value.flags.carray:
            raise StateError(
                f"the numbers of a state are {_said(value)}, and not an array of {count} doubles"
            )
        return value[:] if value.flags.owndata else value

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy keeps: all but what a step makes again."""
        return self.__dict__ | {"bound": {}}

    def __eq__(self, other: object) -> bool:
        """Whether all numbers are the same; random generators by their own state."""
        if not isinstance(other, State) or self.arrays.keys() != other.arrays.keys():
            return False
        mine, theirs = _chance(self.random), _chance(other.random)
        alike = self.structure == other.structure and self.names == other.names and mine == theirs
        return (
            alike
            and np.array_equal(self.numbers, other.numbers)
            and all(
                len(own) == len(other.arrays[name])
                and all(map(np.array_equal, own, other.arrays[name]))
                for name, own in self.arrays.items()
            )
        )

    @property
    def step(self) -> int:
        """How many steps were made."""
        return int(self.numbers[STEP])

    @step.setter
    def step(self, value: int) -> None:
        number = number_of(value, "the number of steps")
        if number < 0 or number != math.floor(number):
            raise StateError(f"the number of steps is {value!r}; give a whole number from 0 on")
        self.numbers[STEP] = number

    @property
    def time(self) -> float:
        """The thermal time."""
        return float(self.numbers[TIME])

    @time.setter
    def time(self, value: float) -> None:
        self.numbers[TIME] = number_of(value, "the thermal time")

    @property
    def scalars(self) -> Scalars:
        """The internal energy U and what else is one number, by name."""
        return Scalars(self.names, self.numbers)

    def leaves(self, w: ParameterSet) -> list[Array]:
        """Return the arrays of `w`; raise unless they and this state belong together.

        Raises `StructureError` for parameters that this state was not made for, `StateError` for
        a state that was damaged.
        """
        leaves = checked_leaves(w, self.structure)
        for name, own in self.arrays.items():
            if not isinstance(own, list) or len(own) != len(leaves):
                raise StateError(
                    f"the state {name} is {_said(own)}, and not a list of {len(leaves)} "
                    f"arrays{_ANEW}"
                )
            for place, leaf in enumerate(leaves):
                self.check_array(name, place, leaf)
        return leaves

    def check_array(self, name: str, place: int, leaf: Array) -> None:
        """Raise `StateError` unless a state array is as its parameter has it."""
        own = self.arrays[name]
        where = place_of(f"the state {name}", self.structure.paths[place])
        array = own[place]
        due = (leaf.size, leaf.size) if name in self.matrices else leaf.shape
        if type(array) is not np.ndarray:
            raise StateError(f"{where} is {_said(array)}, and not a NumPy array{_ANEW}")
        if array.shape != due or array.dtype != leaf.dtype:
            raise StateError(
                f"{where} holds {array.dtype}{list(array.shape)}, but the parameter "
                f"{leaf.dtype}{list(leaf.shape)}{_ANEW}"
            )
        if not array.flags.writeable:
            raise StateError(
                f"{where} is read-only, so that no step can move it (a worker process may have "
                "mapped it from a file); make a copy of the state by copy.deepcopy(state)"
            )


_ANEW = "; make a new state by opt.init(w)"


def at_rest(leaves: list[Array], structure: Structure, plan: StepPlan) -> State:
    """Return the state of zeros that a step carries, for arrays like `leaves`."""

    def zeros(name: str, leaf: Array) -> Array:
        return np.zeros((leaf.size,) * 2 if name in plan.matrices else leaf.shape, leaf.dtype)

    arrays = {name: [zeros(name, leaf) for leaf in leaves] for name in plan.states}
    return with_scalars(State(structure, arrays, matrices=plan.matrices), plan.scalars)


def with_scalars(state: State, scalars: tuple[str, ...] | Mapping[str, float]) -> State:
    """Give a state other scalars besides the internal energy; zero unless they have values."""
    state.names = ("U", *sorted(set(scalars) - {"U"}))
    state.numbers = np.zeros(SCALARS + len(state.names))
    if isinstance(scalars, Mapping):
        for name, value in scalars.items():
            state.numbers[SCALARS + state.names.index(name)] = value
    return state


def number_of(value: Any, what: str) -> float:
    """Return a number as a float; raise `StateError` for what is none, or not finite."""
    number = as_number(value)
    if number is None:
        raise StateError(f"{what} is {_said(value)}; give a number")
    if not math.isfinite(number):
        raise StateError(f"{what} is {number}; give a finite number")
    return number


def _said(value: Any) -> str:
    """Say what came, in a few words."""
    text = repr(value)
    return f"a {type(value).__name__}" if len(text) > 40 else f"{text} ({type(value).__name__})"


def _chance(random: np.random.Generator | None) -> Any:
    return None if random is None else random.bit_generator.state
