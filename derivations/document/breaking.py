"""Where a formula that is too wide for the page is broken: before its relation, or at its terms."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

import sympy as sp

from derivations.document.model import Line
from derivations.emit.mathematics import layout
from derivations.emit.mathematics.mathml import mathml

#: The width that a displayed formula may have beside its number, in em.
ROOM = 31.0
#: Widths of the leaves of a formula, in em.
_LETTER, _DIGIT, _SIGN, _FENCE, _CHARACTER = 0.58, 0.5, 1.2, 0.4, 0.5
_INDEX, _COLUMN = 0.7, 1.0
_FENCES = frozenset("()[]{}|‖,\u2061\u2062")


@dataclass(frozen=True)
class Row:
    """A row of a broken formula: a side may be missing, and a row may continue the one before."""

    left: sp.Basic | None
    sign: str
    right: sp.Basic | None
    continues: bool = False


def rows(line: Line, room: float = ROOM) -> Iterator[Row]:
    """Break one line of an equation into rows that fit, as far as its terms allow.

    >>> a, b = sp.symbols("a b")
    >>> [row.right for row in rows(Line(a, a**2 + b), room=3)]
    [a**2, b]
    """
    start, left = width(line.left), line.left
    if start + _SIGN + width(line.right) <= room:
        yield Row(left, line.sign, line.right)
        return
    is_sum = getattr(line.right, "is_Add", False)
    if start > (0.4 if is_sum else 0.12) * room:
        yield Row(left, "", None)
        left, start = None, 2.0
    if not is_sum:
        yield Row(left, line.sign, line.right)
        return
    for number, terms in enumerate(_filled(line.right, room - start - _SIGN)):
        right = sp.Add(*terms)
        yield Row(None if number else left, "" if number else line.sign, right, number > 0)


def broken(line: Line, room: float = ROOM) -> tuple[tuple[Row, ...], float]:
    """Return the rows of a line, and the width of the widest."""
    found = tuple(rows(line, room))
    sizes = (width(row.left) + _SIGN + width(row.right) for row in found)
    return found, max(sizes)


def _filled(expr: sp.Expr, room: float) -> list[list[sp.Expr]]:
    """Put the terms of a sum into rows, as many into each as it has room for."""
    found: list[list[sp.Expr]] = []
    used = 0.0
    for term in layout.terms(expr):
        size = width(term) + _SIGN
        if found and used + size <= room:
            found[-1].append(term)
            used += size
        else:
            found.append([term])
            used = size
    return found


@lru_cache(maxsize=8192)
def width(expr: sp.Basic | None) -> float:
    """Estimate the width of a formula, in em."""
    if expr is None:
        return 0.0
    return _size(ElementTree.fromstring(f"<mrow>{mathml(expr)}</mrow>"))


def _size(node: ElementTree.Element) -> float:
    sizes = [_size(child) for child in node]
    match node.tag:
        case "mi":
            text = node.text or ""
            return _LETTER if len(text) == 1 else _CHARACTER * len(text)
        case "mn":
            return _DIGIT * len(node.text or "")
        case "mo":
            text = node.text or ""
            if text in "\u2061\u2062":
                return 0.0
            return _FENCE if text in _FENCES else _SIGN if len(text) == 1 else 0.5 * len(text)
        case "mfrac" | "munder" | "mover" | "munderover":
            return max(sizes) + 0.2
        case "msub" | "msup":
            return sizes[0] + _INDEX * sizes[1]
        case "msubsup":
            return sizes[0] + _INDEX * max(sizes[1:])
        case "msqrt":
            return sum(sizes) + 0.9
        case "mtable":
            cells = [[_size(cell) for cell in line] for line in node]
            columns = zip_longest(*cells, fillvalue=0.0)
            return sum(max(column) + _COLUMN for column in columns)
        case _:
            return sum(sizes)
