"""What a problem tells the race, and how the files in `problems/` are found.

A new problem is one file in `problems/` with one subclass of `Problem`: nothing else to edit.
"""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from functools import cache
from typing import ClassVar, Self

import numpy as np

from benchmarks import problems
from benchmarks.engine.found import modules_of
from benchmarks.engine.parameters import Parameters
from benchmarks.engine.quantity import Range
from benchmarks.errors import UnknownProblem
from benchmarks.measure import Measure


class Problem(ABC):
    """A loss with its gradient, a start for each seed, and a measure no optimizer sees."""

    name: ClassVar[str]
    summary: ClassVar[str]
    """One sentence for the page."""
    data: ClassVar[str]
    """Where the numbers come from, their reference and their licence."""
    tags: ClassVar[tuple[str, ...]] = ()
    """Its suite, and after it other words that choose it on the command line."""
    minimum: ClassVar[float | None]
    """The least loss, where it is known; otherwise None, and the loss itself is shown."""
    smoothness: ClassVar[float | None] = None
    """What no curvature of a convex loss is above, L; a quadratic reaches it."""
    convexity: ClassVar[float | None] = None
    """What no curvature of a convex loss is below, m; a quadratic reaches it."""
    quadratic: ClassVar[bool] = False
    """Whether the loss is a quadratic of one vector, on which rates are known."""
    targets: ClassVar[tuple[float, float, float]] = (1e-2, 1e-6, 1e-12)
    """The gaps (loss − minimum, or the loss) at which arrivals are noted, falling."""
    floor: ClassVar[float] = 1e-14
    """Gaps below this are rounding, and count as equal."""
    measure: ClassVar[Measure]
    budget: ClassVar[int] = 500
    """Gradient evaluations of one run, unless the command line says otherwise."""
    quick_budget: ClassVar[int] = 200
    """The same in a quick race: fewer where a gradient takes milliseconds."""
    ranges: ClassVar[Mapping[str, Range]] = {}
    """Where a quantity is searched, by its name, if not in its own range."""
    published_ranges: ClassVar[Mapping[str, Range]] = {}
    """Where the paper of this problem searched; for `python -m benchmarks.published` alone."""
    published_seed: ClassVar[int] = 0
    """Of the instance that stands for the published one, which papers do not tell."""
    noisy: ClassVar[bool] = False
    """Whether optimizers are told less than the truth, by `seen`; the truth is what is reported."""

    @property
    def groups(self) -> tuple[str, ...]:
        """The words that choose it on the command line with others: its tags, and `convex`."""
        return (*self.tags, *(["convex"] if self.convexity is not None else []))

    def drawn(self, rng: np.random.Generator) -> Self:
        """The instance of a seed; the problem itself, where only the start is drawn."""
        return self

    @abstractmethod
    def start(self, rng: np.random.Generator) -> Parameters:
        """New starting parameters; the rng is all the chance there is."""

    def published(self) -> Parameters:
        """The start that is published, where one is; otherwise one that nothing else depends on."""
        return self.start(np.random.default_rng(self.published_seed + 1))

    @abstractmethod
    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        """The loss at `w`, and its gradient in the structure of `w`."""

    def seen(
        self, w: Parameters, value: float, gradient: Parameters, rng: np.random.Generator
    ) -> tuple[float, Parameters]:
        """What an optimizer is told of the loss and gradient at `w`: the truth, unless `noisy`."""
        return value, gradient

    def gap(self, value: float) -> float:
        """How far a loss is above the least one (above 0 where not known), at least `floor`."""
        return max(value - (self.minimum or 0.0), self.floor)

    @classmethod
    def source(cls) -> str:
        """The text that defines this problem; results are kept only while it stays the same."""
        return _text(cls)


@cache
def _text(cls: type[Problem]) -> str:
    return inspect.getsource(inspect.getmodule(cls) or cls)


@cache
def all_problems() -> dict[str, Problem]:
    """Every problem in `problems/`, by name, in the order of the file names."""
    found = {}
    for module in modules_of(problems):
        for thing in vars(module).values():
            if inspect.isclass(thing) and thing.__module__ == module.__name__:
                if issubclass(thing, Problem) and not inspect.isabstract(thing):
                    thing.source()  # kept from now on: it is the text that was imported
                    found[thing.name] = thing()
    return found


def select_problems(words: Sequence[str]) -> list[Problem]:
    """The problems that the words name, by name or group; all of them for no word, or for `all`.

    Raises `UnknownProblem` for a word that names none.
    """
    every = list(all_problems().values())
    for word in words:
        if word != "all" and not any(word == p.name or word in p.groups for p in every):
            names = ", ".join(p.name for p in every)
            tags = ", ".join(sorted({tag for p in every for tag in p.groups}))
            raise UnknownProblem(
                f"no problem is called {word!r}. Problems: {names}. Groups of them: {tags}."
            )
    if not words or "all" in words:
        return every
    return [p for p in every if p.name in words or set(words) & set(p.groups)]
