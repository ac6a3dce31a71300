"""What a word says about itself: its symmetry and its order, worked out without any Hamiltonian.

Flows that do not commute generate a free algebra. A step composed of them is a product of
exponentials there, and it has order p when it agrees with the exponential of the sum in every
word of at most p letters. That is arithmetic: 40 decimal digits, no symbolic algebra.
Reference: Hairer, Lubich, Wanner, Geometric Numerical Integration (2006), section III.5.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Context, Decimal, InvalidOperation, localcontext
from itertools import groupby, product
from math import factorial
from operator import itemgetter
from typing import cast

from derivations.errors import WordError
from derivations.step import words
from derivations.step.words import Letter

#: The highest order that is worked out.
HIGHEST = 8

#: Coefficients published with 15 digits pass; those with a wrong digit do not.
TOLERANCE = Decimal("1e-10")

_DIGITS = Context(prec=40)

#: How many products of letters are worked out for one degree.
_MOST_WORDS = 20_000

#: A flow of several letters at once, and for which fraction of the step it runs.
Factor = tuple[str, Decimal]


def order(word: tuple[Letter, ...]) -> int:
    """Return the order of a word, at most `HIGHEST`, for any Hamiltonian that it splits.

    Hyperparameters in fractions take generic values: a special value may do better. A look-ahead
    feeds the drift to the kick but not the kick to the drift, so the two halves of an error of
    second order, ∇∇L·v and ∇∇κ·∇L, no longer cancel together: such a word counts as order 1.

    >>> [order(words.parse(text)) for text in ("C K D", "[CK] D", "D/2 [CK] D/2", "C (D) K D")]
    [1, 1, 2, 1]
    """
    if looks_ahead(word):
        return 1
    flows = _over_two_letters(factors(word))
    stride = 2 if symmetric(word) else 1  # a symmetric method has even order
    with localcontext(_DIGITS):
        for degree in range(1, HIGHEST + 1, stride):
            if not _agrees(flows, degree):
                return degree - 1
    return HIGHEST


def symmetric(word: tuple[Letter, ...]) -> bool:
    """Return whether a word read backwards is the same step, so that running it back returns.

    >>> symmetric(words.parse("C/2 D/4 D/4 K D/2 C/2")), symmetric(words.parse("C K D"))
    (True, False)
    """
    flows = factors(word)
    return not looks_ahead(word) and all(
        one == other and abs(fraction - mirrored) <= TOLERANCE
        for (one, fraction), (other, mirrored) in zip(flows, reversed(flows), strict=True)
    )


def looks_ahead(word: tuple[Letter, ...]) -> bool:
    """Return whether a gradient of this word is taken at a point that the step then leaves.

    >>> looks_ahead(words.parse("C (D) K D"))
    True
    """
    return any(value != 0 for _, value in _values(letter for letter in word if letter.ahead))


def factors(word: tuple[Letter, ...]) -> tuple[Factor, ...]:
    """Return the flows of a word with their numbers: equal neighbours merged, empty ones left out.

    >>> [(letters, str(value)) for letters, value in factors(words.parse("D/4 D/4 [KC] D/2"))]
    [('D', '0.50'), ('CK', '1'), ('D', '0.5')]
    """
    flows = [flow for flow in _values(letter for letter in word if not letter.ahead) if flow[1]]
    with localcontext(_DIGITS):
        return tuple(
            (letters, sum((value for _, value in run), Decimal(0)))
            for letters, run in groupby(flows, key=itemgetter(0))
        )


def _values(letters: Iterable[Letter]) -> list[Factor]:
    with localcontext(_DIGITS):
        return [("".join(sorted(each.letters)), _number(each.fraction)) for each in letters]


def _number(fraction: str) -> Decimal:
    names = sorted(words.names_in(fraction))
    generic = {name: _generic(name) for name in names}
    try:
        value = words.evaluate(fraction, cast("dict[str, object]", generic), Decimal)
    except InvalidOperation as error:
        raise WordError(f"'{fraction}' is not a real number") from error
    return cast(Decimal, value)


def _generic(name: str) -> Decimal:
    """Return a number between 0 and 1 that belongs to a name and satisfies no identity."""
    return 1 / (1 + (2 + Decimal(sum(map(ord, name)))).sqrt().ln())


def _over_two_letters(flows: tuple[Factor, ...]) -> tuple[Factor, ...]:
    """Write a step that goes through its letters forth and back in turns with two letters only.

    Such a composition has the same order over any number of flows (McLachlan, SIAM J. Sci.
    Comput. 16 (1995) 151, section 3). Other steps are returned as they are.
    """
    base = list(dict.fromkeys(letters for letters, _ in flows))
    count, last = len(base), len(base) - 1
    if count < 3 or len(set("".join(base))) != sum(map(len, base)):
        return flows
    turns: list[Decimal] = []
    found: list[Factor] = []
    for place, (letters, fraction) in enumerate(flows):
        turn, step = divmod(place, last)
        if letters != base[last - step if turn % 2 else step]:
            return flows
        if step == 0:
            turns.append(fraction - (turns[-1] if turns else 0))
            found.append(("AB"[turn % 2], fraction))
        elif abs(fraction - turns[-1]) > TOLERANCE:
            return flows
    ends = len(flows) % last == 1 and abs(turns[-1]) <= TOLERANCE
    return tuple(found) if ends else flows


def _agrees(flows: tuple[Factor, ...], degree: int) -> bool:
    """Return whether the product of flows is the exponential of their sum at this degree.

    Where all lower degrees agree, Lyndon words (smaller than each of their tails) decide: the
    coefficients of the others follow from theirs. Reference: Radford, J. Algebra 58 (1979) 432.
    """
    alphabet = sorted({name for letters, _ in flows for name in letters})
    if len(alphabet) ** degree > _MOST_WORDS:
        raise WordError(
            f"whether this word is of order {degree} is a question about the "
            f"{len(alphabet) ** degree} products of {degree} of its {len(alphabet)} letters, and "
            f"at most {_MOST_WORDS} are worked out; write it with fewer letters"
        )
    lyndon = [
        "".join(word)
        for word in product(alphabet, repeat=degree)
        if all(word < word[cut:] for cut in range(1, degree))
    ]
    found = _coefficients(flows, lyndon)
    due = 1 / Decimal(factorial(degree))
    return all(abs(found[word] - due) <= TOLERANCE for word in lyndon)


def _coefficients(flows: tuple[Factor, ...], chosen: list[str]) -> dict[str, Decimal]:
    """Return the coefficients of words, and of all that they begin with, in a product of flows.

    A flow of A (or of A and B at once) for a fraction a is the sum of aʳ/r! over words of r of
    its letters, so it appends such a tail to the words that the flows before it have made.
    """
    beginnings = {word[:size] for word in chosen for size in range(1, len(word) + 1)}
    longest_first = sorted(beginnings, key=len, reverse=True)
    found = dict.fromkeys(longest_first, Decimal(0)) | {"": Decimal(1)}
    for letters, fraction in flows:
        for word in longest_first:
            head, tail = word, Decimal(1)
            while head and head[-1] in letters:
                head = head[:-1]
                tail *= fraction / (len(word) - len(head))
                found[word] += tail * found[head]
    return found
