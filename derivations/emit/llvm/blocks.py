"""LLVM source of a block of members: its rows, and the loops over its members.

A block is rows of numbers in the precision of the weights, each as long as the block has members,
and after them rows in double precision of the hyperparameters that members have of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from derivations.emit.llvm.builder import Function

if TYPE_CHECKING:
    from derivations.emit.llvm.ensemble import Source

#: Members in a block: the most whose data fit into the nearest cache, within these bounds. Both
#: are whole numbers of turns of a loop that is unrolled four times, in the widest vectors.
FEWEST, MOST, CACHE = 64, 256, 1 << 15
SIZES = {"double": 8, "float": 4}

_LOOPS = ("lanes", "members", "slope", "value")
#: Bytes of the widest vectors.
_WIDEST = 64
_OWN = ", !llvm.access.group !0"
#: Vectors of 64 bytes where the processor has them.
_WIDE = 'noinline nounwind "prefer-vector-width"="512"'


def metadata(kind: str) -> list[str]:
    """Say to the compiler that members have nothing to do with each other, and how many to take."""
    width = _WIDEST // SIZES[kind]
    return [
        "!0 = distinct !{}",
        '!1 = !{!"llvm.loop.parallel_accesses", !0}',
        f'!2 = !{{!"llvm.loop.vectorize.width", i32 {width}}}',
        *(f"!{k} = distinct !{{!{k}, !1, !2}}" for k in range(3, 3 + len(_LOOPS))),
    ]


def members(source: Source) -> int:
    """Return how many members a block has."""
    count = MOST
    while count > FEWEST and count * source.rows * SIZES[source.kind] > CACHE:
        count //= 2
    return count


class Lane:
    """One member of a block, in a loop over all of them, several at once."""

    def __init__(self, source: Source, function: Function, member: str) -> None:
        self.source, self.function, self.member = source, function, member

    def load(self, row: int) -> str:
        """Return this member's number in a row."""
        place = at_row(self.source, self.function, row, self.member)
        return self.function.load(self.source.kind, place, ending=_OWN)

    def store(self, row: int, value: str) -> None:
        """Write this member's number into a row."""
        place = at_row(self.source, self.function, row, self.member)
        self.function.store(self.source.kind, value, place, ending=_OWN)

    def own(self, place: int) -> str:
        """Return a hyperparameter that this member has of its own."""
        row = self.function.at("i8", "%space", own_at(self.source, place))
        return self.function.load("double", row, self.member, ending=_OWN)

    def write(self, value: str, array: str) -> None:
        """Write a number into an array with one for each member of the block."""
        self.function.store(self.source.kind, value, array, self.member, ending=_OWN)


@contextmanager
def loop(source: Source, function: Function, called: str) -> Iterator[Lane]:
    """Write a loop that does the same for each member of a block, several at once."""
    ending = f", !llvm.loop !{3 + _LOOPS.index(called)}"
    with function.loop(str(members(source)), ending=ending) as member:
        yield Lane(source, function, member)


def lanes(called: str, *arguments: str) -> Function:
    """Return a function of a block, in the widest vectors."""
    return Function(called, ["ptr noalias %space", *arguments], "void", _WIDE, internal=True)


def at_row(source: Source, function: Function, row: int, member: str) -> str:
    """Return where a member's number in a row is."""
    begin = function.at(source.kind, "%space", row * members(source))
    return function.at(source.kind, begin, member)


def factors(source: Source) -> int:
    """Return how many scalars a step has in the table of what all members share."""
    return len(source.shared) + 1


def room(source: Source) -> int:
    """Return how many bytes a block takes, with its losses at the end."""
    return losses_at(source) + members(source) * SIZES[source.kind]


def losses_at(source: Source) -> int:
    """Return at which byte the losses at the end of a run begin."""
    return own_at(source, len(source.own))


def own_at(source: Source, place: int) -> int:
    """Return at which byte of a block the row of an own number begins."""
    return members(source) * (SIZES[source.kind] * source.rows + 8 * place)
