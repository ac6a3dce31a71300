"""The hyperparameters of an optimizer: how they are checked, read at a step, and changed."""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self

from derivations.lazy import lazy
from hermosis.errors import HyperparameterError
from hermosis.run.hyperparameters import (
    POSITIVE,
    SHARE,
    Range,
    check_number,
    check_one_clock,
    has_array,
    number_at,
)

if TYPE_CHECKING:
    from hermosis.run.schedule import Clock
    from hermosis.run.state import State


class Settings:
    """Hyperparameters by name: numbers, schedules, arrays, or one for each branch.

    They are changed by `set` alone, which notes a new `version`.
    """

    #: The ranges of hyperparameters that are not just finite and not negative.
    ranges: ClassVar[Mapping[str, Range]] = {"momentum": SHARE, "averaging": SHARE}
    hyperparameters: Mapping[str, Any]
    version: object
    _ready: bool = False

    def __init__(self, hyperparameters: Mapping[str, Any]) -> None:
        self.hyperparameters = MappingProxyType(dict(hyperparameters))
        self.version = object()

    @property
    @abstractmethod
    def name(self) -> str:
        """The name of the optimizer."""

    @property
    @abstractmethod
    def reads(self) -> tuple[str, ...]:
        """The names of what a step reads, but for the length of the step itself."""

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse what would have no effect: an optimizer is changed by `set`."""
        if self._ready:
            raise HyperparameterError(
                f"{name} of {self.name} cannot be assigned; opt.set({name}=…) changes a "
                "hyperparameter in a run, and a callable of the step number is a schedule"
            )
        super().__setattr__(name, value)

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy keeps."""
        return self.__dict__ | {"hyperparameters": dict(self.hyperparameters), "version": None}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        hyperparameters = MappingProxyType(kept["hyperparameters"])
        self.__dict__.update(kept | {"hyperparameters": hyperparameters, "version": object()})

    @lazy
    def arrays(self) -> tuple[str, ...]:
        """The names of hyperparameters with a number for each component."""
        return tuple(sorted(n for n, value in self.hyperparameters.items() if has_array(value)))

    @property
    def shares(self) -> tuple[str, ...]:
        """The names of hyperparameters that are from zero to one."""
        return tuple(sorted(n for n, own in self.ranges.items() if (own.low, own.high) == (0, 1)))

    def set(self, **hyperparameters: Any) -> None:
        """Change hyperparameters in a run, from the next step on.

        Raises `HyperparameterError` for a name that the step does not read, or a value that it
        does not take, and then changes nothing.

        >>> import hermosis as hm
        >>> opt = hm.optimizers.Momentum(lr=0.1)
        >>> opt.set(lr=0.05)
        >>> opt
        Momentum(lr=0.05, momentum=0.9)
        """
        values = self.renamed(hyperparameters)
        known = [n for n in (*self.reads, "tau") if n in self.hyperparameters]
        for name, value in values.items():
            if has_array(value) or name in self.arrays:
                raise HyperparameterError(
                    f"{self.name}: {name} cannot change between a number and an array of its own "
                    "for each component; build another optimizer"
                )
            if name not in known:
                raise HyperparameterError(
                    f"the step of {self.name} does not read {name}; it reads {', '.join(known)}"
                )
            check_number(name, value, self.name, self.range_of(name))
        self.__dict__["hyperparameters"] = MappingProxyType({**self.hyperparameters, **values})
        self.__dict__["version"] = object()
        self.__dict__.pop("followed", None)

    def replaced(self, hyperparameters: Mapping[str, Any]) -> Self:
        """Return an optimizer with other numbers in the same step."""
        other = copy.copy(self)
        other.__dict__["hyperparameters"] = MappingProxyType(dict(hyperparameters))
        other.__dict__.pop("followed", None)
        return other

    def renamed(self, hyperparameters: dict[str, Any]) -> dict[str, Any]:
        """Return hyperparameters under the names that the rule reads."""
        return hyperparameters

    def range_of(self, name: str) -> Range:
        """Return the numbers that a hyperparameter may be."""
        return self.ranges.get(name, POSITIVE)

    def values(self, state: State | Clock) -> dict[str, Any]:
        """Return the hyperparameters at the present step: callables are asked, groups are kept."""
        step = state.step
        values = {
            name: number_at(step, value, name, self.name, self.range_of(name))
            for name, value in self.hyperparameters.items()
            if name not in self.arrays
        }
        if "t" in self.reads:
            check_one_clock(values, self.name)
        return values | {"t": state.time, "count": step + 1}
