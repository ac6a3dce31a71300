"""Bounds on what a text may stand for, so that reading it takes little time and memory.

A number is looked at in doubles before any exact arithmetic: what no double holds is refused, and
comparisons of numbers are decided there, since SymPy would work out as many digits as it takes.
"""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import Sum
from derivations.algebra.doubles import double
from derivations.algebra.sizes import size
from derivations.errors import UpdateError

MOST_DIGITS, HIGHEST_POWER = 60, 64
#: Numbers between these are such that their powers and quotients are doubles too, now and then.
_SMALLEST, _LARGEST = 1e-300, 1e300
#: The terms that a formula may have, multiplied out.
MOST_TERMS = 2000


def bounded(value: sp.Basic, shown: str) -> sp.Basic:
    """Return a value that there is time for; raise `UpdateError` for another.

    >>> bounded(sp.Integer(2) ** 70, "x = 2**70")
    1180591620717411303424
    """
    if value.has(sp.zoo, sp.nan, sp.oo):
        raise UpdateError(f"'{shown}' divides by zero")
    numbers = value.atoms(sp.Rational)
    if any(max(n.p.bit_length(), n.q.bit_length()) > 16 * MOST_DIGITS for n in numbers):
        raise UpdateError(f"'{shown}' makes a number that no update needs")
    for part in value.atoms(sp.Pow):
        if part.exp.is_number and not abs(part.exp) <= HIGHEST_POWER:
            raise UpdateError(f"'{shown}' has an exponent above {HIGHEST_POWER}")
    terms = size(value).most
    if terms > MOST_TERMS:
        raise UpdateError(
            f"'{shown}' has {terms} terms when it is multiplied out, and at most {MOST_TERMS} are "
            "read; give a part of it a line of its own, or leave some of it out"
        )
    parts = sp.preorder_traversal(value)
    for part in parts:
        if is_number(part):
            parts.skip()
            in_doubles(part, shown)
    return value


def is_number(part: sp.Basic) -> bool:
    """Whether a value is one number whatever the arrays are; their size is none."""
    return isinstance(part, sp.Expr) and not (part.free_symbols or part.has(Sum))


def in_doubles(number: sp.Basic, shown: str) -> complex:
    """Return a number as a double; raise `UpdateError` where it is too large or too small."""
    try:
        found = double(number)
    except (ArithmeticError, ValueError) as error:
        raise UpdateError(f"'{shown}' makes a number that no update needs") from error
    if number != 0 and not _SMALLEST < abs(found) < _LARGEST:
        raise UpdateError(f"'{shown}' makes a number that no update needs")
    if found.imag:
        raise UpdateError(f"'{shown}' makes a number that is not real")
    return found
