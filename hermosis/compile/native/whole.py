"""LLVM source of a whole step: its check and its phases one after the other, alone or shared out.

`@step` does a small step in the call that fills the tables; `@gather` fills the tables only;
`@large(crew, task)` makes a large step, each phase of which is shared out to a crew of threads.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from hermosis.compile.native.crew import TOGETHER
from hermosis.compile.native.entry import (
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

#: The words of a task: what its tables are, and how many jobs there are.
ARRAYS, JOBS, NUMBERS, SUMS, COUNT = range(5)


@lru_cache(maxsize=256)
def write(shape: Shape, totals: tuple[int, ...], checks: bool) -> str:
    """Write the functions `@gather`, `@step` and `@large`.

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
            *_parts(totals, checks),
            *["", "define i64 @large(ptr %crew, ptr %task) nounwind {"],
            *["start:", *_together(totals, checks), "}"],
            *["", "declare ptr @PyLong_FromLong(i64)", ""],
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


def _alone(shape: Shape, totals: tuple[int, ...], checks: bool) -> list[str]:
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
    calls = _calls(totals, checks, "0", "%count")
    return [*lines, *_in_order(calls, "[ %why, %start ]"), *_answer("%result")]


class Call(NamedTuple):
    """A call of a step, and what is wrong if it does not answer 0; many can do its jobs or not."""

    name: str
    text: str
    wrong: int
    shared: bool = True


def _calls(totals: tuple[int, ...], checks: bool, first: str, last: str) -> list[Call]:
    """Return the calls of a step in order."""
    jobs = f"ptr %arrays, ptr %jobs, i64 {first}, i64 {last}"
    calls = [] if checks else [Call("checked", f"call i64 @check({jobs})", NOT_FINITE)]
    for k, count in enumerate(totals, 1):
        phase = f"call i64 @phase_{k}({jobs}, ptr %numbers, ptr %sums)"
        calls.append(Call(f"done{k}", phase, UNDEFINED + k))
        if count:
            added = f"call i64 @add_{k}(i64 %count, ptr %numbers, ptr %sums)"
            calls.append(Call(f"added{k}", added, NOT_FINITE, shared=False))
    return calls


def _in_order(calls: list[Call], *answers: str) -> list[str]:
    """Write calls one after the other, from the block `begin` on, as long as nothing is wrong."""
    lines, found, block = [], list(answers), "begin"
    for name, text, wrong, _ in calls:
        lines += [
            f"  %{name} = {text}",
            f"  %{name}.is = icmp ne i64 %{name}, 0",
            f"  br i1 %{name}.is, label %answered, label %after.{name}",
            f"after.{name}:",
        ]
        found.append(f"[ {wrong}, %{block} ]")
        block = f"after.{name}"
    found.append(f"[ {DONE}, %{block} ]")
    return [*lines, "  br label %answered", "answered:", f"  %result = phi i64 {', '.join(found)}"]


def _parts(totals: tuple[int, ...], checks: bool) -> list[str]:
    """Write the calls on some of the jobs as functions `@part_NAME(task, first, last)`."""
    lines = []
    for call in _calls(totals, checks, "%first", "%last"):
        if call.shared:
            opened = f"define internal i64 @part_{call.name}(ptr %task, i64 %first, i64 %last) {{"
            lines += ["", opened, *_words(), f"  %answer = {call.text}", "  ret i64 %answer", "}"]
    return lines


def _words() -> list[str]:
    """Write the words of a task by their names."""
    names = {"arrays": ARRAYS, "jobs": JOBS, "numbers": NUMBERS, "sums": SUMS}
    return [line for name, word in names.items() for line in field(name, "task", 8 * word)]


def _together(totals: tuple[int, ...], checks: bool) -> list[str]:
    """Write the phases one after the other, each shared out; one thread adds up the sums."""

    def shared(call: Call) -> Call:
        part = f"i64 ptrtoint (ptr @part_{call.name} to i64)"
        text = f"call i64 %together(ptr %crew, {part}, i64 %of, i64 %count)"
        return call._replace(text=text) if call.shared else call

    calls = [shared(call) for call in _calls(totals, checks, "0", "%count")]
    return [
        *_words(),
        *field("count", "task", 8 * COUNT, "i64"),
        *field("together", "crew", 8 * TOGETHER),
        "  %of = ptrtoint ptr %task to i64",
        "  br label %begin",
        "begin:",
        *_in_order(calls),
        "  ret i64 %result",
    ]
