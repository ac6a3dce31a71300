"""What an experiment is, what it answers, and how the files of this package are found."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from hermosis import experiments
from hermosis.errors import UnknownExperimentError

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Answer:
    """A number that was found, and what is known of it.

    `relation` is "=", and then `found` may be off by `within`, or "<=" or ">=".

    >>> Answer("the slope", 0.2501, 0.25, within=1e-3).holds
    True
    >>> str(Answer("the loss", 2.0, 1.0, relation="<="))
    'the loss: 2, due <= 1: DOES NOT HOLD'
    """

    what: str
    found: float
    due: float
    within: float = 0.0
    relation: str = "="

    @property
    def holds(self) -> bool:
        """Whether the number is as it should be."""
        apart = self.found - self.due
        return {
            "=": abs(apart) <= self.within,
            "<=": apart <= self.within,
            ">=": apart >= -self.within,
        }[self.relation]

    def __str__(self) -> str:
        about = f" within {self.within:.1g}" if self.within else ""
        verdict = "holds" if self.holds else "DOES NOT HOLD"
        due = f"{self.due:.10g}" if self.relation == "=" else f"{self.relation} {self.due:.10g}"
        return f"{self.what}: {self.found:.10g}, due {due}{about}: {verdict}"


class Experiment(ABC):
    """A phenomenon: what is measured of it, what is known of it, and a picture.

    An instance runs once: `answers` and `draw` share what was computed.
    """

    title: ClassVar[str]
    claim: ClassVar[str]
    """What is to be seen, in a sentence or two."""
    source: ClassVar[str]
    """Where the known answer comes from."""
    size: ClassVar[tuple[float, float]] = (9.0, 4.0)
    """Of the figure, in inches."""

    @abstractmethod
    def answers(self) -> Iterator[Answer]:
        """What was found, next to what is known."""

    @abstractmethod
    def draw(self, figure: Figure) -> None:
        """Draw the figure."""


def names() -> list[str]:
    """Return the names of all experiments.

    >>> "xor" in names()
    True
    """
    found = (info.name for info in pkgutil.iter_modules(experiments.__path__))
    return sorted(name.replace("_", "-") for name in found if _class_of(name) is not None)


def load(name: str) -> Experiment:
    """Return an experiment, not yet run; raise `UnknownExperimentError` if there is none."""
    if name not in names():
        raise UnknownExperimentError(
            f"there is no experiment {name!r}; there are: {', '.join(names())}"
        )
    found = _class_of(name.replace("-", "_"))
    assert found is not None
    return found()


def _class_of(module: str) -> type[Experiment] | None:
    """Return the experiment that a module of this package defines."""
    loaded = importlib.import_module(f"{experiments.__name__}.{module}")
    for thing in vars(loaded).values():
        if inspect.isclass(thing) and thing.__module__ == loaded.__name__:
            if issubclass(thing, Experiment) and not inspect.isabstract(thing):
                return thing
    return None
