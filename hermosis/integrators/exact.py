"""Exact numbers of a scheme: rational combinations of what its row states, so that sums cancel.

A row may state roots. Composing only halves, adds and subtracts them, so each root can stay a
text of its own, and the text of a sum stays as short as the sum.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from fractions import Fraction

from derivations.step import words

_RATIONAL = ""


@dataclass(frozen=True)
class Exact:
    """A rational number plus rational multiples of texts that are not rational.

    >>> root = Exact.read("2**(1/2)")
    >>> str(Exact.read("1/4") + Exact.read("0.25") - root / 2), str(root - root)
    ('1/2-(2**(1/2))/2', '0')
    """

    terms: frozenset[tuple[str, Fraction]]

    @classmethod
    def read(cls, text: str) -> Exact:
        """Read the text of an exact number: digits, + - * / ** and brackets."""
        value = words.evaluate(text, number=Fraction)
        if isinstance(value, Fraction):
            return cls(frozenset({(_RATIONAL, value)}))
        return cls(frozenset({(text, Fraction(1))}))

    def __add__(self, other: Exact) -> Exact:
        sums: defaultdict[str, Fraction] = defaultdict(Fraction)
        for text, factor in (*self.terms, *other.terms):
            sums[text] += factor
        return Exact(frozenset((text, factor) for text, factor in sums.items() if factor))

    def __sub__(self, other: Exact) -> Exact:
        return self + other / -1

    def __truediv__(self, number: int) -> Exact:
        return Exact(frozenset((text, factor / number) for text, factor in self.terms))

    def __str__(self) -> str:
        spelt = (_spell(text, factor) for text, factor in sorted(self.terms))
        return "+".join(spelt).replace("+-", "-") or "0"


def _spell(text: str, factor: Fraction) -> str:
    if text == _RATIONAL:
        return _shortest(factor)
    over = f"/{factor.denominator}" if factor.denominator > 1 else ""
    times = {1: "", -1: "-"}.get(factor.numerator, f"{factor.numerator}*")
    return f"{times}({text}){over}"


def _shortest(value: Fraction) -> str:
    """Return a decimal where a fraction would be long and the decimal is exact."""
    if value.denominator <= 1000:
        return str(value)
    with localcontext(Context(prec=100)):
        decimal = format(Decimal(value.numerator) / value.denominator, "f")
    return decimal if Fraction(decimal) == value else str(value)
