"""Who takes part: a name, the hyperparameters to search, and a way to minimize with them.

Contestants of this library are built by one function each (`optimizers/`); a guest from another
library is a class with the same members.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

import hermosis as hm
from benchmarks.engine.objective import Objective
from benchmarks.engine.parameters import Parameters, mapped, ravel, unravel
from benchmarks.engine.quantity import Quantity

Hyperparameters = Mapping[str, float]


class Contestant(Protocol):
    """What the race asks of everyone who takes part."""

    @property
    def name(self) -> str:
        """How tables and curves call it."""

    @property
    def kind(self) -> str:
        """`hermosis`, `classical`, `guest` or `yours`."""

    @property
    def note(self) -> str:
        """One sentence for the page."""

    @property
    def space(self) -> Mapping[str, Quantity]:
        """The hyperparameters to search, by what they mean; the rest stay at their defaults."""

    @property
    def source(self) -> str:
        """The text that defines it; results are kept only while it stays the same."""

    def prepare(self, chosen: Hyperparameters, start: Parameters) -> Callable[[Objective], str]:
        """Everything that is not minimizing, done outside the clock; returns the minimizer.

        The minimizer takes the objective and gives back the message with which it ended.
        """

    def optimizer(self, chosen: Hyperparameters) -> Any | None:
        """The hermosis optimizer with these hyperparameters, for its card; None for a guest."""


@dataclass(frozen=True)
class Method:
    """A contestant built with hermosis: a function from hyperparameters to an optimizer."""

    name: str
    kind: str
    space: Mapping[str, Quantity]
    build: Callable[..., Any] = field(compare=False)
    note: str
    source: str
    compiled: set[str] = field(default_factory=set, compare=False, repr=False)
    """The structures of parameters that it has run on in this process."""

    def optimizer(self, chosen: Hyperparameters) -> Any:
        """The optimizer with these hyperparameters."""
        return self.build(**chosen)

    def prepare(self, chosen: Hyperparameters, start: Parameters) -> Callable[[Objective], str]:
        """Build the optimizer and return its minimizer.

        Once in a process, it compiles on another loss: hyperparameters leave the code as it is.
        """
        optimizer = self.optimizer(chosen)
        structure = repr(mapped(lambda array: (array.shape, array.dtype.str), start))
        if structure not in self.compiled:
            hm.minimize(_tilted, start, optimizer, jac=True, steps=1, ledger=False)
            self.compiled.add(structure)

        def minimizer(objective: Objective) -> str:
            steps = objective.budget
            objective.gradients_per_step = optimizer.gradients_per_step
            run = hm.minimize(objective, start, optimizer, jac=True, steps=steps, ledger=False)
            return str(run.message)

        return minimizer


def method(name: str, kind: str, **space: Quantity) -> Callable[[Callable[..., Any]], Method]:
    """Make a contestant of a function from hyperparameters to a hermosis optimizer.

    The function's docstring becomes the note on the page.
    """

    def decorate(build: Callable[..., Any]) -> Method:
        note = inspect.cleandoc(build.__doc__ or "")
        source = inspect.getsource(inspect.getmodule(build) or build)
        return Method(name, kind, space, build, note, source)

    return decorate


def _tilted(w: Parameters) -> tuple[float, Parameters]:
    """The sum of the parameters: a loss to warm up on that costs the problem nothing."""
    vector = ravel(w)
    return float(vector.sum()), unravel(np.ones_like(vector), w)
