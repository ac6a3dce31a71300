"""LLVM source of the way of members: into a block, through all steps, and out again.

`ensemble` does blocks `first` to `last`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.emit.llvm.blocks import (
    SIZES,
    at_row,
    factors,
    losses_at,
    members,
    own_at,
)
from derivations.emit.llvm.builder import Function

if TYPE_CHECKING:
    from derivations.emit.llvm.ensemble import Source

_SHARED = (
    "ptr %starts", "ptr %x", "ptr %values", "ptr %good", "ptr %own", "ptr %table", "ptr %all",
    "ptr %path", "ptr %sizes",
)  # fmt: skip
_PLAIN = "noinline nounwind"


def write(source: Source) -> list[str]:
    """Write `ensemble`, and how members come into a block and out of it."""
    made = [_fill(source), _empty(source), _finish(source), _ensemble(source)]
    declared = [
        "declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)",
        "declare i64 @llvm.smin.i64(i64, i64)",
    ]
    return [*(f.text() for f in made), *declared]


def _fill(source: Source) -> Function:
    """Write a block's start: weights and own numbers are copied, all else is zero."""
    kind, size, count = source.kind, source.size, members(source)
    given = ["ptr %space", "ptr %x", "ptr %own", "i64 %begin", "i64 %members"]
    f = Function("fill", given, attributes=_PLAIN, internal=True)
    rest = f.at(kind, "%space", size * count)
    length = (source.bad + 1 - size) * count * SIZES[kind]
    f.call("@llvm.memset.p0.i64", [f"ptr {rest}", "i8 0", f"i64 {length}", "i1 false"])
    last = f.value("sub i64 %members, 1")
    with f.loop(str(count)) as i:
        wanted = f.value(f"add i64 %begin, {i}")
        member = f.value(f"call i64 @llvm.smin.i64(i64 {wanted}, i64 {last})")
        for c in range(size):
            x = f.load(kind, _component(source, f, member, c))
            f.store(kind, x, at_row(source, f, c, i))
        for place in range(len(source.own)):
            begin = f.value(f"mul i64 %members, {place}")
            number = f.load("double", "%own", f.value(f"add i64 {begin}, {member}"))
            f.store("double", number, f.at("i8", "%space", own_at(source, place)), i)
    f.leave()
    return f


def _empty(source: Source) -> Function:
    """Write how the weights of a block are copied out of it."""
    kind = source.kind
    given = ["ptr %space", "ptr %x", "i64 %begin", "i64 %count"]
    f = Function("empty", given, attributes=_PLAIN, internal=True)
    with f.loop("%count") as i:
        member = f.value(f"add i64 %begin, {i}")
        for c in range(source.size):
            x = f.load(kind, at_row(source, f, c, i))
            f.store(kind, x, _component(source, f, member, c))
    f.leave()
    return f


def _finish(source: Source) -> Function:
    """Write how losses, and whether members are finite, are copied out."""
    kind = source.kind
    given = ["ptr %space", "ptr %losses", "ptr %values", "ptr %good", "i64 %begin", "i64 %count"]
    f = Function("finish", given, attributes=_PLAIN, internal=True)
    with f.loop("%count") as i:
        member = f.value(f"add i64 %begin, {i}")
        f.store(kind, f.load(kind, "%losses", i), "%values", member)
        bad = f.load(kind, at_row(source, f, source.bad, i))
        ordered = f.value(f"fcmp ord {kind} {bad}, 0.0")
        f.store("i8", f.value(f"zext i1 {ordered} to i8"), "%good", member)
    f.leave()
    return f


def _ensemble(source: Source) -> Function:
    """Write the way of blocks `first` to `last` through all steps.

    `sizes` are the numbers of members and of steps, how many steps lie between kept frames (0 for
    none), and whether factors that members have of their own change from step to step.
    """
    f = Function("ensemble", [*_SHARED, "ptr %space", "i64 %first", "i64 %last"])
    count, steps, keep, varying = (f.load("i64", "%sizes", place) for place in range(4))
    keeps = f.value(f"icmp sgt i64 {keep}, 0")
    losses = f.at("i8", "%space", losses_at(source))
    with f.loop("%last", "%first") as block:
        begin = f.value(f"mul i64 {block}, {members(source)}")
        left = f.value(f"sub i64 {count}, {begin}")
        own = f.value(f"call i64 @llvm.smin.i64(i64 {left}, i64 {members(source)})")
        given = ["ptr %starts", "ptr %own", f"i64 {begin}", f"i64 {count}"]
        f.call("@fill", ["ptr %space", *given])
        if source.keeps_gradient:
            f.call("@slope", ["ptr %space"])
        ends = f.value(f"add i64 {steps}, 1")
        with f.loop(ends) as step:
            with f.when(keeps):
                off = f.value(f"srem i64 {step}, {keep}")
                with f.when(f.value(f"icmp eq i64 {off}, 0")):
                    _frame(source, f, (step, keep, count), f"i64 {begin}", f"i64 {own}")
            with f.when(f.value(f"icmp slt i64 {step}, {steps}")):
                _step(source, f, step, varying)
        f.call("@value", ["ptr %space", f"ptr {losses}"])
        f.call("@empty", ["ptr %space", "ptr %x", f"i64 {begin}", f"i64 {own}"])
        given = [f"ptr {losses}", "ptr %values", "ptr %good", f"i64 {begin}", f"i64 {own}"]
        f.call("@finish", ["ptr %space", *given])
    f.leave()
    return f


def _frame(source: Source, f: Function, sizes: tuple[str, str, str], *span: str) -> None:
    """Write how the weights before a step are kept."""
    step, keep, count = sizes
    frame = f.value(f"sdiv i64 {step}, {keep}")
    size = f.value(f"mul i64 {count}, {source.size}")
    to = f.at(source.kind, "%path", f.value(f"mul i64 {frame}, {size}"))
    f.call("@empty", ["ptr %space", f"ptr {to}", *span])


def _step(source: Source, f: Function, step: str, varying: str) -> None:
    """Write one step of a block."""
    if source.mine:
        first = f.value(f"icmp eq i64 {step}, 0")
        changes = f.value(f"icmp ne i64 {varying}, 0")
        with f.when(f.value(f"or i1 {first}, {changes}")):
            numbers = row_of(f, step, "double", "%table", len(source.numbers))
            f.call("@members", ["ptr %space", f"ptr {numbers}"])
    shared = row_of(f, step, source.kind, "%all", factors(source))
    f.call("@lanes", ["ptr %space", f"ptr {shared}"])


def _component(source: Source, f: Function, member: str, component: int) -> str:
    """Return where a component of a member's weights is."""
    begin = f.value(f"mul i64 {member}, {source.size}")
    return f.at(source.kind, "%x", f.value(f"add i64 {begin}, {component}"))


def row_of(f: Function, step: str, kind: str, table: str, width: int) -> str:
    """Return where the row of a step in a table is."""
    return f.at(kind, table, f.value(f"mul i64 {step}, {width}"))
