"""The chapter on the family: which optimizer is which choice, as a table and as a tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

import sympy as sp

from derivations.algebra.cubic import CubicRoot
from derivations.algebra.matrices import OfMatrix
from derivations.book.reductions import label, row
from derivations.document import (
    Box,
    Cite,
    Drawing,
    Figure,
    Part,
    Ref,
    Section,
    Table,
    prose,
)
from derivations.system.family import FAMILY, Member

#: Kinds of space, from the plainest on.
SPACES = ("flat space", "diagonal metric", "matrices")
#: Left edges and widths of the columns of the tree, the height of a row, and gaps, in points.
_COLUMNS = ((0.0, 82.0), (102.0, 118.0), (242.0, 174.0))
_ROW, _GAP, _BOX = 14.0, 4.0, 25.0

Cell = tuple[Part, ...]
_speed = sp.Symbol("s", positive=True)


def space(member: Member) -> str:
    """The kind of space that the moments of an optimizer live in."""
    if member.kinetic.has(OfMatrix) or member.tensor.has(OfMatrix):
        return SPACES[2]
    return SPACES[member.metric is not None]


def chapter() -> Section:
    """Build the chapter."""
    return Section(
        "The family",
        (
            prose(
                "An optimizer of this family is a kinetic energy, a thermal profile, a metric and "
                "a word; some are limits in which a parameter goes to zero or to infinity. The "
                "methods are sorted by what distinguishes them in ", Ref("tree"), ", and ",
                Ref("members"), " gives each choice in full. Where a proof shows that the choice "
                "is the method of its paper, the name leads to it."
            ),
            Figure(tree(FAMILY), ("The family by space, kinetic energy and method.",), "tree"),
            prose(
                "Reading down a column shows what a change of one choice does. The classical "
                "energy with another word is momentum or Nesterov’s method; with another energy "
                "the word of momentum is sign descent; a metric that averages squared gradients "
                "makes the moving average into Adam. Combinations that have no name are "
                "optimizers too, and can be derived in the same way."
            ),
            table(FAMILY),
        ),
        label="family",
    )  # fmt: skip


def table(members: Iterable[Member]) -> Table:
    """One row for each member."""
    found = tuple(members)
    return Table(
        ("method", "kinetic energy κ", "profile", "metric g", "word"),
        tuple(map(_row, found)),
        caption=("The members of the family and what each is made of; the names are those of the "
                 "library. Where the metric is one, space is flat.",),
        label="members",
        widths=(0.24, 0.22, 0.14, 0.23, 0.17),
        labels=tuple(map(row, found)),
    )  # fmt: skip


def _row(member: Member) -> tuple[Cell, ...]:
    source: Cell = (" ", Cite(member.source)) if member.source else ()
    return (
        (*_name(member), *source),
        _kinetic(member),
        (member.profile.name, *_limit(member)),
        _metric(member),
        (f"`{member.word}`", *((f", {member.note}",) if member.note else ())),
    )


def _name(member: Member) -> Cell:
    return (Ref(label(member.reduction), member.name) if member.reduction else member.name,)


def _kinetic(member: Member) -> Cell:
    """The kinetic energy; a speed without a short formula is written as a letter."""
    short = _short(member.kappa)
    return (short,) if short == member.kappa else (short, ", at the speed ", _speed)


def _short(kappa: sp.Expr) -> sp.Expr:
    return kappa.replace(CubicRoot, lambda *_: _speed)


def _metric(member: Member) -> Cell:
    """The metric, and what its averages average."""
    if member.metric is None:
        return (member.tensor,)
    averages = [
        part for moment, drive in member.metric.averages for part in (", ", moment, " from ", drive)
    ]
    records = [
        part
        for record, value in member.metric.records
        for part in (", ", record, " the largest ", value)
    ]
    return (member.tensor, *averages, *records)


def _limit(member: Member) -> Cell:
    if member.limit is None:
        return ()
    parameter, target = member.limit
    return (", ", parameter, " → ", target)


def tree(members: Iterable[Member]) -> Drawing:
    """Draw the members as leaves under their spaces and kinetic energies."""
    ordered = sorted(members, key=lambda member: SPACES.index(space(member)))
    boxes: list[Box] = []
    lines: list[tuple[float, float, float, float]] = []
    y = 0.0
    for name, inhabitants in groupby(ordered, space):
        trunk = []
        for kappa, leaves in _by_energy(inhabitants):
            height = max(_ROW * len(leaves), _BOX)
            first = y + (height - _ROW * len(leaves)) / 2
            rows = [first + number * _ROW for number in range(len(leaves))]
            middle = y + height / 2
            y += height + _GAP
            trunk.append(middle)
            boxes.append(_box(1, middle, (_short(kappa),)))
            boxes += [_leaf(row, leaf) for row, leaf in zip(rows, leaves, strict=True)]
            lines += _fork(1, middle, [row + _ROW / 2 for row in rows])
        middle = (trunk[0] + trunk[-1]) / 2
        boxes.append(_box(0, middle, (name,)))
        lines += _fork(0, middle, trunk)
        y += _GAP
    left, width = _COLUMNS[-1]
    return Drawing(left + width, y, tuple(boxes), tuple(lines))


def _by_energy(members: Iterable[Member]) -> Iterator[tuple[sp.Expr, list[Member]]]:
    found: dict[sp.Expr, list[Member]] = {}
    for member in members:
        found.setdefault(member.kappa, []).append(member)
    yield from found.items()


def _box(column: int, middle: float, parts: Cell) -> Box:
    left, width = _COLUMNS[column]
    return Box(left, middle - _BOX / 2, width, _BOX, parts)


def _leaf(top: float, member: Member) -> Box:
    left, width = _COLUMNS[2]
    return Box(left, top, width, _ROW, (*_name(member), f": `{member.word}`"), framed=False)


def _fork(column: int, middle: float, ends: list[float]) -> list[tuple[float, float, float, float]]:
    """Lines from the right of a box to the left of each end in the next column."""
    start = sum(_COLUMNS[column])
    stop = _COLUMNS[column + 1][0] - (2 if column else 0)
    bend = (start + stop) / 2
    lines = [(start, middle, bend, middle), *((bend, end, stop, end) for end in ends)]
    if len(ends) > 1 or ends[0] != middle:
        lines.append((bend, min(*ends, middle), bend, max(*ends, middle)))
    return lines
