"""What a word leaves out: the shrink flow of decoupled decay, the measuring of a metric."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derivations.step.words import Letter
    from hermosis.integrators import Integrator


@lru_cache(maxsize=256)
def with_measure(scheme: Integrator, before: bool = False) -> Integrator:
    """Put the letter M behind every kick of a word that lacks it, for the same fraction.

    `before` puts it before the kick, for a metric whose moments are velocities.
    """
    from derivations.step.words import Letter
    from hermosis.integrators import Integrator

    if any("M" in letter.letters for letter in scheme.word):
        return scheme
    letters: list[Letter] = []
    for letter in scheme.word:
        measure = [Letter("M", letter.fraction)] if is_kick(letter) and not letter.ahead else []
        letters += [*measure, letter] if before else [letter, *measure]
    return Integrator(letters)


def is_kick(letter: Letter) -> bool:
    """Whether a letter kicks, alone or in a joint flow."""
    return "K" in letter.letters


@lru_cache(maxsize=256)
def with_shrink(scheme: Integrator) -> Integrator:
    """Put the letter S into a word that lacks it: outside a palindrome, else before the last D."""
    from derivations.step.words import Letter
    from hermosis.integrators import Integrator

    letters = list(scheme.word)
    if any("S" in letter.letters for letter in letters):
        return scheme
    if scheme.symmetric:
        half = Letter("S", "1/2")
        return Integrator([half, *letters, half])
    drifts = (i for i, letter in enumerate(letters) if "D" in letter.letters and not letter.ahead)
    last = max(drifts, default=len(letters))
    return Integrator([*letters[:last], Letter("S"), *letters[last:]])
