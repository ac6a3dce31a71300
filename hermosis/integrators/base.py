"""An integrator: a word of exact flows that has checked what it says about itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import final

from derivations.step import words
from derivations.step.words import Letter
from hermosis.integrators import conditions
from hermosis.integrators.errors import OrderError, SymmetryError


@final
@dataclass(frozen=True, init=False)
class Integrator:
    """A composition of exact flows, with its true order and symmetry.

    Order and symmetry are worked out from the word. Those that you declare are compared with
    the true ones.

    Parameters
    ----------
    word : str or iterable of Letter
        The flows of one step, such as `"C/2 D/2 K D/2 C/2"`; see `derivations.step.words`.
    name : str
        What to call it; the text of the word if not given.
    order : int, optional
        Declared order, at most 8.
    symmetric : bool, optional
        Declared symmetry: whether a step back undoes a step.
    reference : str
        The paper and equation that it comes from.

    Raises
    ------
    WordError
        The word cannot be read, or the fractions of a letter do not add to one.
    OrderError, SymmetryError
        A declaration is not true.

    Examples
    --------
    >>> leapfrog = Integrator("C/2 D/2 K D/2 C/2")
    >>> leapfrog.order, leapfrog.symmetric
    (2, True)
    >>> Integrator("C K D", order=2)
    Traceback (most recent call last):
    hermosis.integrators.errors.OrderError: 'C K D' was declared of order 2, but it is of order 1; \
declare order=1, or leave the order out to have it worked out
    """

    name: str
    order: int
    symmetric: bool
    word: tuple[Letter, ...] = field(repr=False)
    reference: str = field(default="", repr=False, compare=False)

    def __init__(
        self,
        word: str | Iterable[Letter],
        *,
        name: str = "",
        order: int | None = None,
        symmetric: bool | None = None,
        reference: str = "",
    ) -> None:
        letters = words.parse(word) if isinstance(word, str) else tuple(word)
        words.check(letters)
        name = name or words.spell(letters)
        values = {
            "word": letters,
            "name": name,
            "symmetric": _true_symmetry(name, letters, symmetric),
            "order": _true_order(name, letters, order),
            "reference": reference,
        }
        for attribute, value in values.items():
            object.__setattr__(self, attribute, value)

    def __str__(self) -> str:
        return words.spell(self.word)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the hyperparameters in its fractions, such as `alpha`."""
        return tuple(sorted(set().union(*(words.names_in(each.fraction) for each in self.word))))

    @property
    def looks_ahead(self) -> bool:
        """Whether it takes a gradient at a point that the step then leaves."""
        return conditions.looks_ahead(self.word)


def _true_order(name: str, letters: tuple[Letter, ...], declared: int | None) -> int:
    true = conditions.order(letters)
    if declared is not None and declared != true:
        limit = ", the highest that is worked out" if true == conditions.HIGHEST else ""
        raise OrderError(
            f"'{name}' was declared of order {declared}, but it is of order {true}{limit}; "
            f"declare order={true}, or leave the order out to have it worked out"
        )
    return true


def _true_symmetry(name: str, letters: tuple[Letter, ...], declared: bool | None) -> bool:
    true = conditions.symmetric(letters)
    if declared is not None and declared != true:
        what = "is a palindrome" if true else "is no palindrome without look-ahead"
        raise SymmetryError(
            f"'{name}' was declared symmetric={declared}, but it {what}; "
            f"declare symmetric={true}, or leave it out to have it worked out"
        )
    return true
