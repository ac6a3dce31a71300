"""LLVM source of a block of members: its rows, and the loops over its members.

A block is rows of numbers in the precision of the weights, each as long as the block has members,
and after them rows in double precision of the hyperparameters that members have of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.emit.llvm.operations import quoted

if TYPE_CHECKING:
    from derivations.emit.llvm.ensemble import Source

#: Members in a block: the most whose data fit into the nearest cache, within these bounds. Both
#: are whole numbers of turns of a loop that is unrolled four times, in the widest vectors.
FEWEST, MOST, CACHE = 64, 256, 1 << 15
SIZES = {"double": 8, "float": 4}

_LOOPS = ("lanes", "members", "slope", "value")
#: What tells the compiler that members have nothing to do with each other.
METADATA = (
    "!0 = distinct !{}",
    '!1 = !{!"llvm.loop.parallel_accesses", !0}',
    '!2 = !{!"llvm.loop.vectorize.enable", i1 true}',
    *(f"!{k} = distinct !{{!{k}, !1, !2}}" for k in range(3, 3 + len(_LOOPS))),
)
#: Vectors of 64 bytes where the processor has them.
_WIDE = '"prefer-vector-width"="512"'


def members(source: Source) -> int:
    """Return how many members a block has."""
    count = MOST
    while count > FEWEST and count * source.rows * SIZES[source.kind] > CACHE:
        count //= 2
    return count


def loop(source: Source, called: str, arguments: list[str], body: list[str]) -> list[str]:
    """Write a function that does the same for each member of a block, several at once."""
    listed = ", ".join(["ptr noalias %space", *arguments])
    return [
        "",
        f"define internal void @{called}({listed}) noinline nounwind {_WIDE} {{",
        "start:",
        "  br label %loop",
        "loop:",
        "  %i = phi i64 [ 0, %start ], [ %i.next, %loop ]",
        *(f"  {line}" for line in body),
        "  %i.next = add nuw nsw i64 %i, 1",
        f"  %again = icmp slt i64 %i.next, {members(source)}",
        f"  br i1 %again, label %loop, label %end, !llvm.loop !{3 + _LOOPS.index(called)}",
        "end:",
        "  ret void",
        "}",
    ]


def loaded(source: Source, row: int) -> list[str]:
    """Write the number of this member in a row, under the name `%row.…`."""
    kind = source.kind
    return [*row_at(source, row, "from"), _load(kind, f"%row.{row}", f"%from.{row}")]


def stored(source: Source, row: int, value: str) -> list[str]:
    """Write a number of this member into a row."""
    return [*row_at(source, row, "to"), store(source.kind, value, f"%to.{row}")]


def store(kind: str, value: str, at: str) -> str:
    """Write a number to a place of this member's own."""
    return f"store {kind} {value}, ptr {at}, !llvm.access.group !0"


def factor(source: Source, place: int, called: str) -> list[str]:
    """Write a scalar of this step that all members share."""
    at = f"%factor.{place}.at"
    return [
        f"{at} = getelementptr {source.kind}, ptr %factors, i64 {place}",
        f"{called} = load {source.kind}, ptr {at}",
    ]


def factor_stored(source: Source, place: int, value: str) -> list[str]:
    """Write a scalar of a step into its table."""
    at = f"%factor.{place}.at"
    return [
        f"{at} = getelementptr {source.kind}, ptr %factors, i64 {place}",
        f"store {source.kind} {value}, ptr {at}",
    ]


def factors(source: Source) -> int:
    """Return how many scalars a step has in the table of what all members share."""
    return len(source.shared) + 1


def own_number(source: Source, place: int, called: str) -> list[str]:
    """Write a hyperparameter that this member has of its own."""
    row, at = quoted(f"own.{place}.row"), quoted(f"own.{place}.at")
    return [
        f"{row} = getelementptr i8, ptr %space, i64 {own_at(source, place)}",
        f"{at} = getelementptr double, ptr {row}, i64 %i",
        _load("double", called, at),
    ]


def room(source: Source) -> int:
    """Return how many bytes a block takes, with its losses at the end."""
    return losses_at(source) + members(source) * SIZES[source.kind]


def row_at(source: Source, row: int, way: str) -> list[str]:
    """Write where the number of this member in a row is."""
    return [
        f"%{way}.row.{row} = getelementptr {source.kind}, ptr %space, i64 {row * members(source)}",
        f"%{way}.{row} = getelementptr {source.kind}, ptr %{way}.row.{row}, i64 %i",
    ]


def _load(kind: str, called: str, at: str) -> str:
    return f"{called} = load {kind}, ptr {at}, !llvm.access.group !0"


def losses_at(source: Source) -> int:
    """Return at which byte the losses at the end of a run begin."""
    return own_at(source, len(source.own))


def own_at(source: Source, place: int) -> int:
    """Return at which byte of a block the row of an own number begins."""
    return members(source) * (SIZES[source.kind] * source.rows + 8 * place)
