"""What the user of a result cares about, and no optimizer ever sees."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Literal

from benchmarks.engine.parameters import Parameters


class Measure(ABC):
    """A number for the parameters that a run has found. Subclasses live in `measures/`."""

    name: ClassVar[str]
    """The head of its column."""
    better: ClassVar[str]
    """`lower` or `higher`."""
    average: ClassVar[Literal["median", "mean"]] = "median"
    """How the seeds are summed up; a measure that is 0 or 1 has a mean."""

    @abstractmethod
    def __call__(self, problem: Any, w: Parameters) -> float:
        """Measure the parameters `w` that were found for the problem."""
