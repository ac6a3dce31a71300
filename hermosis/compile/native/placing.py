"""LLVM source by which a worker leaves the processor of the first thread, where it would wait.

A scheduler often wakes a worker on the processor of the thread that wakes it, and takes
milliseconds to move it to one that is idle; a step lasts a tenth of one. So a worker that finds
nothing to do asks whether it stands where the first thread stands. If so, it asks Linux for any
other processor of those that it may use, and at once for all of them again: it is moved, and stays
free to be moved. Elsewhere than on Linux nothing of this is done.
"""

from __future__ import annotations

import sys

#: Whether the scheduler can be asked.
KNOWN = sys.platform == "linux"
#: The words of a set of processors, as the C library has it.
_WORDS = 16

_PART = [
    "define internal void @part(ptr %seen) noinline nounwind {",
    "start:",
    f"  %allowed = alloca [{_WORDS} x i64]",
    "  %theirs = load atomic i64, ptr %seen monotonic, align 8",
    "  %own = call i32 @sched_getcpu()",
    "  %mine = sext i32 %own to i64",
    "  %together = icmp eq i64 %theirs, %mine",
    "  br i1 %together, label %ask, label %done",
    "ask:",
    f"  %asked = call i32 @sched_getaffinity(i32 0, i64 {8 * _WORDS}, ptr %allowed)",
    "  %odd = icmp slt i32 %asked, 0",
    "  br i1 %odd, label %done, label %move",
    # Without any other processor the set is empty, which Linux refuses.
    "move:",
    "  %word = lshr i64 %mine, 6",
    "  %place = and i64 %mine, 63",
    "  %bit = shl i64 1, %place",
    "  %others = xor i64 %bit, -1",
    "  %at = getelementptr i64, ptr %allowed, i64 %word",
    "  %all = load i64, ptr %at",
    "  %rest = and i64 %all, %others",
    "  store i64 %rest, ptr %at",
    f"  %left = call i32 @sched_setaffinity(i32 0, i64 {8 * _WORDS}, ptr %allowed)",
    "  store i64 %all, ptr %at",
    f"  %free = call i32 @sched_setaffinity(i32 0, i64 {8 * _WORDS}, ptr %allowed)",
    "  br label %done",
    "done:",
    "  ret void",
    "}",
    "declare i32 @sched_getcpu()",
    "declare i32 @sched_getaffinity(i32, i64, ptr)",
    "declare i32 @sched_setaffinity(i32, i64, ptr)",
]


def seen(at: str) -> list[str]:
    """Write down where the first thread stands."""
    if not KNOWN:
        return []
    return [
        "  %standing = call i32 @sched_getcpu()",
        "  %stands = sext i32 %standing to i64",
        f"  store atomic i64 %stands, ptr %{at} monotonic, align 8",
    ]


def part(at: str) -> list[str]:
    """Leave the processor of the first thread."""
    return [f"  call void @part(ptr %{at})"] if KNOWN else []


SOURCE = "\n".join(["", *_PART, ""]) if KNOWN else ""
