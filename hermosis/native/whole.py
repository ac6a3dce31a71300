"""LLVM source of a whole step: its check and its phases one after the other, alone or shared out.

`@step` does a small step in the call that fills the tables; `@gather` fills the tables only;
`@share(task, me)` does the share of one thread of a large step, and waits for the others where
their sums or checks are needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from hermosis.native.entry import (
    DONE,
    HEAD,
    LARGE,
    LISTS,
    NOT_FINITE,
    SMALL,
    UNDEFINED,
    Shape,
    field,
    tables,
)

#: An answer says in its higher bits at which call something was found.
_STAGE = 8
#: The words of a task: how many waits there were, and before it; the answer; how many threads, and
#: addresses; how many jobs; the ends of the shares.
COUNTER, BASE, ANSWER, THREADS, ARRAYS, JOBS, NUMBERS, SUMS, COUNT, ENDS = range(10)
#: Where a task begins to be the same at every step.
SAME = THREADS


def write(shape: Shape, totals: list[int], checks: bool) -> str:
    """Write the functions `@gather`, `@step` and `@share`.

    `totals` says how many sums each phase takes, and `checks` whether those of the first find a
    gradient that is not finite.
    """
    called = "(ptr %self, ptr %args, i64 %given) nounwind {"
    opened = ["start:", *_opened(shape.head)]
    return "\n".join(
        [
            tables(shape, max(totals, default=0) + checks),
            *["", f"define ptr @gather{called}", *opened, *_answer("%status"), "}"],
            *["", f"define ptr @step{called}", *opened, *_alone(shape, totals, checks), "}"],
            *["", "define i64 @share(ptr %task, i64 %me) nounwind {"],
            *["start:", *_together(totals, checks), "}"],
            *["", *_WAIT, "declare ptr @PyLong_FromLong(i64)", ""],
        ]
    )


def _opened(head: int) -> list[str]:
    """Write where the numbers and the tables are, and fill the tables."""
    return [
        *field("numbers.object", "args", 16),
        *field("numbers", "numbers.object", head),
        *field("space.object", "args", 24),
        *field("space", "space.object", head),
        *field("shape", "space.object", head + 16),
        "  %capacity = load i64, ptr %shape",
        "  %status = call i64 @tables(ptr %args, ptr %space, i64 %capacity)",
    ]


def _answer(status: str) -> list[str]:
    return [f"  %answer = call ptr @PyLong_FromLong(i64 {status})", "  ret ptr %answer"]


def _alone(shape: Shape, totals: list[int], checks: bool) -> list[str]:
    """Write the phases one after the other, as long as nothing is wrong."""
    lines = [
        "  %total.at = getelementptr i64, ptr %space, i64 1",
        "  %total = load i64, ptr %total.at",
        f"  %large = icmp sgt i64 %total, {SMALL}",
        "  %odd = icmp ne i64 %status, 0",
        f"  %why = select i1 %odd, i64 %status, i64 {LARGE}",
        "  %not = or i1 %odd, %large",
        "  br i1 %not, label %answered, label %begin",
        "begin:",
        "  %count = load i64, ptr %space",
        f"  %arrays = getelementptr i64, ptr %space, i64 {HEAD}",
        *field("list", "args", 8 * LISTS),
        "  %length = call i64 @PyList_Size(ptr %list)",
        f"  %rows = mul i64 %length, {shape.width}",
        "  %jobs = getelementptr i64, ptr %arrays, i64 %rows",
        "  %jobs.words = mul i64 %count, 3",
        "  %sums = getelementptr i64, ptr %jobs, i64 %jobs.words",
    ]
    answers, block = ["[ %why, %start ]"], "begin"
    for name, call, wrong in _calls(totals, checks, "0", "%count"):
        lines += [
            f"  %{name} = {call}",
            f"  %{name}.is = icmp ne i64 %{name}, 0",
            f"  br i1 %{name}.is, label %answered, label %after.{name}",
            f"after.{name}:",
        ]
        answers.append(f"[ {wrong}, %{block} ]")
        block = f"after.{name}"
    answers.append(f"[ {DONE}, %{block} ]")
    lines += ["  br label %answered", "answered:"]
    return [*lines, f"  %result = phi i64 {', '.join(answers)}", *_answer("%result")]


def _calls(totals: list[int], checks: bool, first: str, last: str) -> list[tuple[str, str, int]]:
    """Return the calls of a step in order: a name, the call, and what is wrong if it is not 0."""
    jobs = f"ptr %arrays, ptr %jobs, i64 {first}, i64 {last}"
    calls = [] if checks else [("checked", f"call i64 @check({jobs})", NOT_FINITE)]
    for k, count in enumerate(totals, 1):
        phase = f"call i64 @phase_{k}({jobs}, ptr %numbers, ptr %sums)"
        calls.append((f"done{k}", phase, UNDEFINED + k))
        if count:
            added = f"call i64 @add_{k}(i64 %count, ptr %numbers, ptr %sums)"
            calls.append((f"added{k}", added, NOT_FINITE))
    return calls


def _together(totals: list[int], checks: bool) -> list[str]:
    """Write the share of one thread; the first of them adds up the sums of all."""
    names = {"arrays": ARRAYS, "jobs": JOBS, "numbers": NUMBERS, "sums": SUMS}
    words = {"count": COUNT, "threads": THREADS, "base": BASE}
    lines = [line for name, word in names.items() for line in field(name, "task", 8 * word)]
    lines += [line for name, word in words.items() for line in field(name, "task", 8 * word, "i64")]
    lines += [
        f"  %counter = getelementptr i64, ptr %task, i64 {COUNTER}",
        f"  %worst = getelementptr i64, ptr %task, i64 {ANSWER}",
        f"  %place = add i64 %me, {ENDS}",
        "  %first.at = getelementptr i64, ptr %task, i64 %place",
        "  %first = load i64, ptr %first.at",
        "  %last.at = getelementptr i64, ptr %first.at, i64 1",
        "  %last = load i64, ptr %last.at",
        "  %leads = icmp eq i64 %me, 0",
        "  br label %begin",
        "begin:",
    ]
    for number, (name, call, wrong) in enumerate(_calls(totals, checks, "%first", "%last"), 1):
        if name.startswith("added"):  # once, by the first thread
            lines += [f"  br i1 %leads, label %lead.{name}, label %wait.{name}", f"lead.{name}:"]
        lines += [
            f"  %{name} = {call}",
            f"  %{name}.is = icmp ne i64 %{name}, 0",
            f"  %{name}.why = select i1 %{name}.is, i64 {number << _STAGE | wrong}, i64 0",
            f"  %{name}.old = atomicrmw max ptr %worst, i64 %{name}.why acq_rel",
            *([f"  br label %wait.{name}", f"wait.{name}:"] if name.startswith("added") else []),
            f"  %{name}.all = mul i64 %threads, {number}",
            f"  %{name}.due = add i64 %base, %{name}.all",
            f"  call void @wait(ptr %counter, i64 %{name}.due)",
            f"  %{name}.worst = load atomic i64, ptr %worst acquire, align 8",
            # A faster thread may have found something in the next call already.
            f"  %{name}.first = add i64 %{name}.worst, -1",
            f"  %{name}.stop = icmp ult i64 %{name}.first, {((number + 1) << _STAGE) - 1}",
            f"  br i1 %{name}.stop, label %stopped, label %after.{name}",
            f"after.{name}:",
        ]
    return [
        *lines,
        "  br label %stopped",
        "stopped:",
        "  %result = load atomic i64, ptr %worst acquire, align 8",
        f"  %why = and i64 %result, {(1 << _STAGE) - 1}",
        "  ret i64 %why",
    ]


def task(words: Mapping[int, int], ends: Sequence[int]) -> NDArray[np.int64]:
    """Return a task: what it works on, and where the shares of the threads end."""
    made = np.zeros(ENDS + len(ends), dtype=np.int64)
    for word, value in words.items():
        made[word] = value
    made[THREADS] = len(ends) - 1
    made[ENDS:] = ends
    return made


#: Count this thread, and wait until all are counted; give way where that takes long.
_WAIT = """\
define internal void @wait(ptr %counter, i64 %due) noinline nounwind {
start:
  %before = atomicrmw add ptr %counter, i64 1 acq_rel
  br label %look
look:
  %turn = phi i64 [ 0, %start ], [ %turn.next, %again ], [ 0, %yield ]
  %now = load atomic i64, ptr %counter acquire, align 8
  %there = icmp sge i64 %now, %due
  br i1 %there, label %done, label %again
again:
  %turn.next = add i64 %turn, 1
  %long = icmp sgt i64 %turn.next, 4096
  br i1 %long, label %yield, label %look
yield:
  %ignored = call i32 @sched_yield()
  br label %look
done:
  ret void
}
declare i32 @sched_yield()""".splitlines()
