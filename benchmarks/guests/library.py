"""What guests from libraries of optimizers have in common: a constructor, and what is searched."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from benchmarks.engine.contestant import Hyperparameters
from benchmarks.engine.extras import extra
from benchmarks.engine.objective import Objective
from benchmarks.engine.parameters import Parameters
from benchmarks.engine.quantity import Quantity


@dataclass(frozen=True)
class LibraryMethod(ABC):
    """An optimizer of another library, `library:name`, built with the searched hyperparameters."""

    name: str
    build: Callable[..., Any]
    space: Mapping[str, Quantity]
    note: str
    kind: str = field(default="guest", init=False)

    @property
    def method(self) -> str:
        """Its name in its library."""
        return self.name.partition(":")[2]

    @property
    def source(self) -> str:
        """What defines this guest: its name and its library's version."""
        library = self.name.partition(":")[0]
        return f"{self.name} of {library} {extra(library).__version__}"

    def optimizer(self, chosen: Hyperparameters) -> Any | None:
        """None: a guest has no Hamiltonian."""
        return None

    @abstractmethod
    def prepare(self, chosen: Hyperparameters, start: Parameters) -> Callable[[Objective], str]:
        """Everything that is not minimizing, done outside the clock; returns the minimizer."""
