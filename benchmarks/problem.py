"""What a problem tells the race, and how the files in `problems/` are found.

A new problem is one file in `problems/` with one subclass of `Problem`: nothing else to edit.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Sequence
from functools import cache
from typing import ClassVar

import numpy as np

from benchmarks import problems
from benchmarks.errors import UnknownProblem
from benchmarks.parameters import Parameters


class Problem(ABC):
    """A loss with its gradient, a start for each seed, and a measure no optimizer sees."""

    name: ClassVar[str]
    summary: ClassVar[str]
    """One sentence for the page."""
    data: ClassVar[str]
    """Where the numbers come from, and their licence."""
    tags: ClassVar[tuple[str, ...]] = ()
    """Words that choose this problem on the command line, beside its name."""
    minimum: ClassVar[float | None]
    """The least loss, where it is known; otherwise None, and the loss itself is shown."""
    target: ClassVar[float]
    """The gap (loss − minimum, or the loss) at which a run counts as arrived."""
    floor: ClassVar[float] = 1e-14
    """Gaps below this are rounding, and count as equal."""
    measure_name: ClassVar[str]
    budget: ClassVar[int] = 500
    """Gradient evaluations of one run, unless the command line says otherwise."""

    @abstractmethod
    def start(self, rng: np.random.Generator) -> Parameters:
        """New starting parameters; the rng is all the chance there is."""

    @abstractmethod
    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        """The loss at `w`, and its gradient in the structure of `w`."""

    @abstractmethod
    def measure(self, w: Parameters) -> float:
        """What the user of the result cares about, such as test accuracy."""

    def gap(self, value: float) -> float:
        """How far a loss is above the least one (above 0 where not known), at least `floor`."""
        return max(value - (self.minimum or 0.0), self.floor)

    @classmethod
    def source(cls) -> str:
        """The text that defines this problem; results are kept only while it stays the same."""
        return inspect.getsource(inspect.getmodule(cls) or cls)


@cache
def all_problems() -> dict[str, Problem]:
    """Every problem in `problems/`, by name, in the order of the file names."""
    found = {}
    for info in sorted(pkgutil.iter_modules(problems.__path__), key=lambda info: info.name):
        module = importlib.import_module(f"{problems.__name__}.{info.name}")
        for thing in vars(module).values():
            if inspect.isclass(thing) and thing.__module__ == module.__name__:
                if issubclass(thing, Problem) and not inspect.isabstract(thing):
                    found[thing.name] = thing()
    return found


def select_problems(words: Sequence[str]) -> list[Problem]:
    """The problems that the words name, by name or tag; all of them for no word.

    Raises `UnknownProblem` for a word that names none.
    """
    every = list(all_problems().values())
    for word in words:
        if not any(word == p.name or word in p.tags for p in every):
            names = ", ".join(p.name for p in every)
            tags = ", ".join(sorted({tag for p in every for tag in p.tags}))
            raise UnknownProblem(
                f"no problem is called {word!r}. Problems: {names}. Groups of them: {tags}."
            )
    return [p for p in every if not words or p.name in words or set(words) & set(p.tags)]
