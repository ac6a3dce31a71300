"""Letters for the parts of a formula that is too wide, so that it can be read on a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import sympy as sp

from derivations.algebra.components import Total, is_component
from derivations.algebra.cubic import CubicRoot
from derivations.algebra.symbols import Component
from derivations.document.breaking import ROOM, broken, width
from derivations.document.model import Line

#: Letters that may stand for parts, the narrowest part that is worth one, and how many at most.
_NAMES = tuple("qrsuyzabpn")
_NARROWEST = 4.5
_MOST = 6


def abbreviated(
    lines: Iterable[Line], room: float = ROOM
) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Name parts of lines that no breaking makes fit; return the lines, and what the names mean.

    >>> from derivations.algebra.symbols import X
    >>> wide = Line(None, sp.exp(1 + X + X**2 + X**3) / X, "")
    >>> (line,), (meaning,) = abbreviated([wide], room=6)
    >>> line.right, meaning.right
    (exp(q)/X, X**3 + X**2 + X + 1)
    """
    found = tuple(lines)
    meanings: tuple[Line, ...] = ()
    while len(meanings) < _MOST:
        part = _best([line for line in (*found, *meanings) if broken(line, room)[1] > room])
        if part is None:
            break
        letter = _letter(part, (*found, *meanings))
        names = {part: letter, -part: -letter}
        found = tuple(_renamed(line, names) for line in found)
        meanings = (*(_renamed(line, names) for line in meanings), Line(letter, part))
    return found, meanings


def speeds(lines: Iterable[Line]) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """Name the roots of cubics; return the lines, and what the names mean.

    >>> Q, m, b = sp.symbols("Q m b", positive=True)
    >>> (line,), (cubic,) = speeds([Line(None, 2 * CubicRoot(Q, m, b), "")])
    >>> line.right, cubic.left, cubic.right
    (2*s, b*s**3 + m*s, sqrt(Q))
    """
    found = tuple(lines)
    sides = [side for line in found for side in (line.left, line.right) if side is not None]
    roots = {root for side in sides for root in side.atoms(CubicRoot)}
    thirds = {part for side in sides for part in side.atoms(sp.sinh) if part.has(sp.asinh)}
    used = {symbol.name for side in sides for symbol in side.free_symbols}
    names: dict[sp.Expr, sp.Expr] = {}
    meanings: list[Line] = []
    for root in sorted(roots, key=sp.default_sort_key):
        letter = next(name for name in ("s", *_NAMES) if name not in used)
        used.add(letter)
        names[root] = Component(letter) if is_component(root) else sp.Symbol(letter, positive=True)
        square, mass, quartic = root.args
        cubic = quartic * names[root] ** 3 + mass * names[root]
        meanings.append(Line(cubic, sp.sqrt(square)))
    for part in sorted(thirds, key=sp.default_sort_key):
        letter = next(name for name in _NAMES if name not in used)
        used.add(letter)
        names[part] = Component(letter) if is_component(part) else sp.Symbol(letter, positive=True)
        meanings.append(Line(names[part], part))
    return tuple(_renamed(line, names) for line in found), tuple(meanings)


def _renamed(line: Line, names: dict[sp.Expr, sp.Expr]) -> Line:
    left = None if line.left is None else line.left.xreplace(names)
    return replace(line, left=left, right=line.right.xreplace(names))


def _best(lines: Iterable[Line]) -> sp.Expr | None:
    """The part whose name saves most, first of all one that is there more than once; or none."""
    counts: dict[sp.Expr, int] = {}
    for line in lines:
        for side in (line.left, line.right):
            if side is not None:
                for part in _parts(side, inside=False):
                    counts[part] = counts.get(part, 0) + 1
    if not counts:
        return None

    def worth(part: sp.Expr) -> tuple[object, ...]:
        saved = (width(part) - 1) * counts[part]
        return counts[part] > 1, saved, sp.default_sort_key(part)

    return max(counts, key=worth)


def _parts(expr: sp.Basic, inside: bool) -> Iterator[sp.Expr]:
    """The sums inside an expression, and the sums over components, that are wide."""
    named = isinstance(expr, Total) or (expr.is_Add and inside)
    if named and width(expr) >= _NARROWEST and not _is_bound(expr):
        yield expr
    for argument in expr.args:
        yield from _parts(argument, inside or not (expr.is_Add or isinstance(expr, sp.MatrixBase)))


def _is_bound(expr: sp.Basic) -> bool:
    """Tell whether a part belongs to a limit or an integral, whose variable it may contain."""
    return expr.has(sp.Limit, sp.Integral, sp.Derivative)


def _letter(part: sp.Expr, lines: Iterable[Line]) -> sp.Symbol:
    """A letter that no formula has yet, with an index if the part has one value in each."""
    sides = (side for line in lines for side in (line.left, line.right) if side is not None)
    used = {symbol.name for side in sides for symbol in side.free_symbols}
    name = next(letter for letter in _NAMES if letter not in used)
    return Component(name) if is_component(part) else sp.Symbol(name, real=True)
