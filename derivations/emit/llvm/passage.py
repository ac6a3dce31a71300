"""LLVM source of the way of members: into a block, through all steps, and out again.

`@prepare` computes what all members share, once for each step. `@ensemble` does blocks `first` to
`last`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from derivations.emit.llvm.blocks import SIZES, factors, losses_at, members, own_at, row_at

if TYPE_CHECKING:
    from derivations.emit.llvm.ensemble import Source

_SHARED = (
    "ptr %starts, ptr %x, ptr %values, ptr %good, ptr %own, ptr %table, ptr %all, ptr %path, "
    "ptr %sizes"
)


def write(source: Source) -> list[str]:
    """Write `@ensemble`, and how members come into a block and out of it."""
    return [*_fill(source), *_empty(source), *_finish(source), *_ensemble(source)]


def _fill(source: Source) -> list[str]:
    """Write a block's start: weights and own numbers are copied, all else is zero."""
    kind, size = source.kind, source.size
    begin, bytes_of_row = size * members(source), members(source) * SIZES[kind]
    lines = _each_member("fill", "ptr %x, ptr %own, i64 %begin, i64 %members", str(members(source)))
    lines[3:3] = [
        f"  %rest = getelementptr {kind}, ptr %space, i64 {begin}",
        f"  call void @llvm.memset.p0.i64(ptr %rest, i8 0, i64 "
        f"{(source.bad + 1 - size) * bytes_of_row}, i1 false)",
        "  %last = sub i64 %members, 1",
    ]
    body = ["%wanted = add i64 %begin, %i"]
    body.append("%member = call i64 @llvm.smin.i64(i64 %wanted, i64 %last)")
    body += _numbers_of(source, "%member")
    for c in range(size):
        body += [f"%x.{c} = load {kind}, ptr %x.{c}.at", *row_at(source, c, "to")]
        body.append(f"store {kind} %x.{c}, ptr %to.{c}")
    for place in range(len(source.own)):
        body += [
            f"%own.{place}.begin = mul i64 %members, {place}",
            f"%own.{place}.place = add i64 %own.{place}.begin, %member",
            f"%own.{place}.from = getelementptr double, ptr %own, i64 %own.{place}.place",
            f"%own.{place} = load double, ptr %own.{place}.from",
            f"%own.{place}.row = getelementptr i8, ptr %space, i64 {own_at(source, place)}",
            f"%own.{place}.at = getelementptr double, ptr %own.{place}.row, i64 %i",
            f"store double %own.{place}, ptr %own.{place}.at",
        ]
    return _with(lines, body) + [
        "declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)",
        "declare i64 @llvm.smin.i64(i64, i64)",
    ]


def _empty(source: Source) -> list[str]:
    """Write how the weights of a block are copied out of it."""
    kind = source.kind
    lines = _each_member("empty", "ptr %x, i64 %begin, i64 %count", "%count")
    body = ["%member = add i64 %begin, %i", *_numbers_of(source, "%member")]
    for c in range(source.size):
        body += [*row_at(source, c, "from"), f"%row.{c} = load {kind}, ptr %from.{c}"]
        body.append(f"store {kind} %row.{c}, ptr %x.{c}.at")
    return _with(lines, body)


def _finish(source: Source) -> list[str]:
    """Write how losses, and whether members are finite, are copied out."""
    kind, bad = source.kind, source.bad
    arguments = "ptr %own.values, ptr %values, ptr %good, i64 %begin, i64 %count"
    lines = _each_member("finish", arguments, "%count")
    body = [
        "%member = add i64 %begin, %i",
        f"%value.from = getelementptr {kind}, ptr %own.values, i64 %i",
        f"%value = load {kind}, ptr %value.from",
        f"%value.to = getelementptr {kind}, ptr %values, i64 %member",
        f"store {kind} %value, ptr %value.to",
        *row_at(source, bad, "from"),
        f"%bad = load {kind}, ptr %from.{bad}",
        f"%ordered = fcmp ord {kind} %bad, 0.0",
        "%told = zext i1 %ordered to i8",
        "%good.to = getelementptr i8, ptr %good, i64 %member",
        "store i8 %told, ptr %good.to",
    ]
    return _with(lines, body)


def _ensemble(source: Source) -> list[str]:
    """Write the way of blocks `first` to `last` through all steps.

    `sizes` are the numbers of members and of steps, how many steps lie between kept frames (0 for
    none), and whether factors that members have of their own change from step to step.
    """
    kind = source.kind
    called = ["  call void @slope(ptr %space)"] if source.keeps_gradient else []
    fresh = ["  call void @members(ptr %space, ptr %numbers)"] if source.mine else []
    sizes = []
    for place, text in enumerate(("members", "steps", "keep", "varying")):
        sizes.append(f"  %{text}.at = getelementptr i64, ptr %sizes, i64 {place}")
        sizes.append(f"  %{text} = load i64, ptr %{text}.at")
    frame = [
        "  %frame = sdiv i64 %step, %keep",
        f"  %frame.size = mul i64 %members, {source.size}",
        "  %frame.place = mul i64 %frame, %frame.size",
        f"  %frame.at = getelementptr {kind}, ptr %path, i64 %frame.place",
        "  call void @empty(ptr %space, ptr %frame.at, i64 %begin, i64 %count)",
    ]
    return [
        "",
        f"define void @ensemble({_SHARED}, ptr %space, i64 %first, i64 %last) nounwind {{",
        "start:",
        *sizes,
        "  %keeps = icmp sgt i64 %keep, 0",
        f"  %losses = getelementptr i8, ptr %space, i64 {losses_at(source)}",
        "  br label %block",
        "block:",
        "  %number = phi i64 [ %first, %start ], [ %number.next, %end ]",
        "  %more = icmp slt i64 %number, %last",
        "  br i1 %more, label %begun, label %done",
        "begun:",
        f"  %begin = mul i64 %number, {members(source)}",
        "  %left = sub i64 %members, %begin",
        f"  %count = call i64 @llvm.smin.i64(i64 %left, i64 {members(source)})",
        "  call void @fill(ptr %space, ptr %starts, ptr %own, i64 %begin, i64 %members)",
        *called,
        "  br label %next",
        "next:",
        "  %step = phi i64 [ 0, %begun ], [ %step.next, %work ]",
        "  br i1 %keeps, label %look, label %going",
        "look:",
        "  %off = srem i64 %step, %keep",
        "  %due = icmp eq i64 %off, 0",
        "  br i1 %due, label %kept, label %going",
        "kept:",
        *frame,
        "  br label %going",
        "going:",
        "  %again = icmp slt i64 %step, %steps",
        "  br i1 %again, label %own.first, label %end",
        "own.first:",
        *_row_of("numbers", "double", "table", len(source.numbers)),
        *_row_of("factors", kind, "all", factors(source)),
        "  %earliest = icmp eq i64 %step, 0",
        "  %changes = icmp ne i64 %varying, 0",
        "  %fresh = or i1 %earliest, %changes",
        "  br i1 %fresh, label %own.work, label %work",
        "own.work:",
        *fresh,
        "  br label %work",
        "work:",
        "  call void @lanes(ptr %space, ptr %factors)",
        "  %step.next = add i64 %step, 1",
        "  br label %next",
        "end:",
        "  call void @value(ptr %space, ptr %losses)",
        "  call void @empty(ptr %space, ptr %x, i64 %begin, i64 %count)",
        "  call void @finish(ptr %space, ptr %losses, ptr %values, ptr %good, i64 %begin, "
        "i64 %count)",
        "  %number.next = add i64 %number, 1",
        "  br label %block",
        "done:",
        "  ret void",
        "}",
    ]


def _each_member(called: str, arguments: str, count: str) -> list[str]:
    """Write a function with a plain loop over members; its body stands before the last lines."""
    return [
        "",
        f"define internal void @{called}(ptr %space, {arguments}) noinline nounwind {{",
        "start:",
        "  br label %loop",
        "loop:",
        "  %i = phi i64 [ 0, %start ], [ %i.next, %loop ]",
        "  %i.next = add nuw nsw i64 %i, 1",
        f"  %again = icmp slt i64 %i.next, {count}",
        "  br i1 %again, label %loop, label %end",
        "end:",
        "  ret void",
        "}",
    ]


def _with(lines: list[str], body: list[str]) -> list[str]:
    """Put the body of a loop into a function."""
    return [*lines[:-6], *(f"  {line}" for line in body), *lines[-6:]]


def _numbers_of(source: Source, member: str) -> list[str]:
    """Write where the components of a member's weights are."""
    lines = [f"%x.begin = mul i64 {member}, {source.size}"]
    for c in range(source.size):
        lines.append(f"%x.{c}.place = add i64 %x.begin, {c}")
        lines.append(f"%x.{c}.at = getelementptr {source.kind}, ptr %x, i64 %x.{c}.place")
    return lines


def each_step(source: Source, body: list[str]) -> list[str]:
    """Write `@prepare`, which does the same for the numbers and the factors of each step."""
    return [
        "",
        "define void @prepare(ptr noalias %table, ptr noalias %all, i64 %steps) nounwind {",
        "start:",
        "  br label %next",
        "next:",
        "  %step = phi i64 [ 0, %start ], [ %step.next, %work ]",
        "  %more = icmp slt i64 %step, %steps",
        "  br i1 %more, label %work, label %done",
        "work:",
        *_row_of("numbers", "double", "table", len(source.numbers)),
        *_row_of("factors", source.kind, "all", factors(source)),
        *(f"  {line}" for line in body),
        "  %step.next = add i64 %step, 1",
        "  br label %next",
        "done:",
        "  ret void",
        "}",
    ]


def _row_of(called: str, kind: str, table: str, width: int) -> list[str]:
    return [
        f"  %{called}.place = mul i64 %step, {width}",
        f"  %{called} = getelementptr {kind}, ptr %{table}, i64 %{called}.place",
    ]
