"""Compositions: how half a palindrome of fractions becomes the word of an integrator.

A palindrome composes a symplectic Euler step with its mirror image, in turns. By McLachlan's
equivalence it has the same order over any base, be it three flows ("C D K") or two ("[CK] D"),
so a scheme published for two operators serves here for all. Stored is the first half but its last
fraction, which is what is missing to one half: the fractions add to one by construction.
Reference: McLachlan, SIAM J. Sci. Comput. 16 (1995) 151, section 3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate, groupby
from operator import add, itemgetter, sub

from derivations.step import words
from derivations.step.words import Letter
from hermosis.integrators.base import Integrator
from hermosis.integrators.errors import IntegratorError
from hermosis.integrators.exact import Exact

Numbers = tuple[Exact, ...]

_HALF = Exact.read("1/2")


def fractions(half: Numbers) -> Numbers:
    """Return c₁, c₂, … as they are given: fractions of the base step and its mirror in turns."""
    return half


def stages(half: Numbers) -> Numbers:
    """Spread fractions of a leapfrog over the two halves that it is made of.

    >>> [str(each) for each in stages((Exact.read("1/3"),))]
    ['1/6', '1/6']
    """
    return tuple(each / 2 for each in half for _ in range(2))


def alternating(half: Numbers) -> Numbers:
    """Turn a₁, b₁, a₂, b₂, … of a scheme for two operators into c₁ = a₁, c₂ = b₁ − c₁, …

    >>> [str(each) for each in alternating((Exact.read("1/6"), Exact.read("1/2")))]
    ['1/6', '1/3']
    """
    return tuple(accumulate(half, lambda last, each: each - last))


@dataclass(frozen=True)
class Palindrome:
    """A symmetric scheme: its declared order, where it is from, and the first half of its numbers.

    `meaning` tells what the numbers of `half` are: `fractions`, `stages` or `alternating`.
    """

    order: int
    reference: str
    half: tuple[str, ...] = ()
    meaning: Callable[[Numbers], Numbers] = fractions
    base: str = "C D K"

    @property
    def turns(self) -> Numbers:
        """Fractions of the base step and its mirror in turns; they add to one.

        >>> [str(each) for each in Palindrome(2, "", ("1/8",)).turns]
        ['1/8', '3/8', '3/8', '1/8']
        """
        given = self.meaning(tuple(map(Exact.read, self.half)))
        first = (*given, reduce(sub, given, _HALF))
        return first + first[::-1]

    def build(self, name: str) -> Integrator:
        """Compose the word of this row."""
        word = weave(self.base, self.turns)
        return Integrator(
            word, name=name, order=self.order, symmetric=True, reference=self.reference
        )


@dataclass(frozen=True)
class Plain:
    """A word that is no palindrome: a step of first order."""

    word: str
    reference: str

    def build(self, name: str) -> Integrator:
        """Read the word of this row."""
        return Integrator(self.word, name=name, order=1, symmetric=False, reference=self.reference)


def weave(base: str, turns: Numbers) -> tuple[Letter, ...]:
    """Compose a base step and its mirror in turns, merging equal neighbours.

    >>> words.spell(weave("C D K", (_HALF, _HALF)))
    'C/2 D/2 K D/2 C/2'
    """
    forward = words.parse(base)
    if len(forward) < 2 or any(each.fraction != "1" or each.ahead for each in forward):
        raise IntegratorError(
            f"'{base}' cannot be composed; the base is a first-order word of two flows or more "
            "in which each letter moves once, such as 'C D K' or 'D [CK]'"
        )
    flows = (
        (each.letters, fraction)
        for turn, fraction in enumerate(turns)
        for each in (forward[::-1] if turn % 2 else forward)
    )
    return tuple(
        Letter(letters, str(reduce(add, (fraction for _, fraction in run))))
        for letters, run in groupby(flows, key=itemgetter(0))
    )
