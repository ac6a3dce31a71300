"""LLVM source by which threads share the jobs of a phase: each does its own, then helps the others.

One thread, the first, opens a phase; it needs no other to be there. A thread takes a few jobs at a
time, by an atomic exchange on the share that they belong to: its own share first, so that what lies
in its processor's cache stays there, then those of the others. So a thread that comes late, or from
which the processor is taken away, delays the phase by the few jobs that it holds and no more.

A share is one word, (epoch, next job), where each phase is an epoch of its own: who looks at it
too late finds another epoch there, and takes nothing. Before the first thread writes what a phase
is, it closes all shares, and opens them afterwards.

A worker looks for a phase for a while and then sleeps on a lock, which the first thread opens: all
of that in machine code, so that no worker ever waits for Python's own lock, nor holds it.
"""

from __future__ import annotations

from hermosis.compile.native import placing
from hermosis.compile.native.crew import (
    CLAIM,
    DONE,
    FUNCTION,
    SIZE,
    STANDS,
    TASK,
    WORST,
    at,
    share,
)

#: Into how many claims the jobs of a phase are divided.
_CLAIMS = 128
#: How often a worker looks before it sleeps: one to two milliseconds, if nobody else wants to run.
PATIENCE = 1 << 16
#: How often a thread looks before it gives way: both may have been put on one processor.
_LOOKS = 1 << 4


def _loop(name: str, body: list[str], before: str, after: str) -> list[str]:
    """Write a loop over the threads, `%k.NAME`, from one block to another."""
    k = f"%k.{name}"
    return [
        f"{name}:",
        f"  {k} = phi i64 [ 0, %{before} ], [ {k}.next, %{name} ]",
        *body,
        f"  {k}.next = add i64 {k}, 1",
        f"  {k}.more = icmp slt i64 {k}.next, %size",
        f"  br i1 {k}.more, label %{name}, label %{after}",
    ]


def _stores(**words: tuple[int, str]) -> list[str]:
    """Write a value to each of some words of a crew, whose places get names."""
    lines = []
    for name, (word, value) in words.items():
        lines += [
            at(f"{name}.at", "crew", word),
            f"  store atomic i64 {value}, ptr %{name}.at monotonic, align 8",
        ]
    return lines


#: Do all jobs of a phase with whoever helps; return the largest answer.
_TOGETHER = [
    "define i64 @together(ptr %crew, i64 %function, i64 %task, i64 %count) nounwind {",
    "start:",
    at("size.at", "crew", SIZE),
    "  %size = load i64, ptr %size.at",
    "  %before = load i64, ptr %crew",
    "  %epoch = add i64 %before, 1",
    "  %tag = shl i64 %epoch, 32",
    f"  %closed = or i64 %tag, {(1 << 31) - 1}",
    "  br label %close",
    *_loop(
        "close",
        [*share("old", "%k.close"), "  store atomic i64 %closed, ptr %old release, align 8"],
        "start",
        "write",
    ),
    "write:",
    "  fence seq_cst",
    f"  %part = sdiv i64 %count, {_CLAIMS}",
    "  %claim = call i64 @llvm.smax.i64(i64 %part, i64 1)",
    *_stores(
        function=(FUNCTION, "%function"),
        task=(TASK, "%task"),
        claim=(CLAIM, "%claim"),
        done=(DONE, "0"),
        worst=(WORST, "0"),
    ),
    "  br label %open",
    *_loop(
        "open",
        [
            *share("new", "%k.open"),
            "  %first.all = mul i64 %count, %k.open",
            "  %first = sdiv i64 %first.all, %size",
            "  %last.all = add i64 %first.all, %count",
            "  %last = sdiv i64 %last.all, %size",
            "  store atomic i64 %last, ptr %new.end monotonic, align 8",
            "  %opened = or i64 %tag, %first",
            "  store atomic i64 %opened, ptr %new release, align 8",
        ],
        "write",
        "begin",
    ),
    "begin:",
    at("stands.at", "crew", STANDS),
    *placing.seen("stands.at"),
    "  store atomic i64 %epoch, ptr %crew seq_cst, align 8",
    "  %woken = call i64 @wake(ptr %crew)",
    "  call void @help(ptr %crew, i64 %epoch, i64 0)",
    "  br label %look",
    "look:",
    "  %turn = phi i64 [ 0, %begin ], [ %turn.next, %again ], [ 0, %yield ]",
    "  %now = load atomic i64, ptr %done.at acquire, align 8",
    "  %there = icmp sge i64 %now, %count",
    "  br i1 %there, label %done, label %again",
    "again:",
    "  %turn.next = add i64 %turn, 1",
    f"  %long = icmp sgt i64 %turn.next, {_LOOKS}",
    "  br i1 %long, label %yield, label %look",
    "yield:",
    "  %ignored = call i32 @sched_yield()",
    "  br label %look",
    "done:",
    "  %worst = load atomic i64, ptr %worst.at acquire, align 8",
    "  ret i64 %worst",
    "}",
    "declare i32 @sched_yield()",
    "declare i64 @llvm.smax.i64(i64, i64)",
    "declare i64 @llvm.smin.i64(i64, i64)",
]

#: Take jobs of an epoch and do them, as long as there are any.
_HELP = [
    "define internal void @help(ptr %crew, i64 %epoch, i64 %me) noinline nounwind {",
    "start:",
    at("size.at", "crew", SIZE),
    "  %size = load i64, ptr %size.at",
    "  %tag = and i64 %epoch, 4294967295",
    at("claim.at", "crew", CLAIM),
    at("function.at", "crew", FUNCTION),
    at("task.at", "crew", TASK),
    at("worst.at", "crew", WORST),
    at("done.at", "crew", DONE),
    "  br label %whose",
    "whose:",
    "  %s = phi i64 [ 0, %start ], [ %s.next, %none ]",
    "  %turned = add i64 %me, %s",
    "  %k = urem i64 %turned, %size",
    *share("share", "%k"),
    "  br label %look",
    "look:",
    "  %old = load atomic i64, ptr %share acquire, align 8",
    "  %old.tag = lshr i64 %old, 32",
    "  %is.now = icmp eq i64 %old.tag, %tag",
    "  br i1 %is.now, label %left, label %over",
    "left:",
    "  %next = and i64 %old, 4294967295",
    "  %end = load atomic i64, ptr %share.end monotonic, align 8",
    "  %claim = load atomic i64, ptr %claim.at monotonic, align 8",
    "  %any = icmp slt i64 %next, %end",
    "  br i1 %any, label %take, label %none",
    "take:",
    "  %reach = add i64 %next, %claim",
    "  %until = call i64 @llvm.smin.i64(i64 %reach, i64 %end)",
    "  %took = sub i64 %until, %next",
    "  %new = add i64 %old, %took",
    "  %pair = cmpxchg ptr %share, i64 %old, i64 %new acq_rel monotonic",
    "  %mine = extractvalue { i64, i1 } %pair, 1",
    "  br i1 %mine, label %work, label %look",
    # The phase lasts until these jobs are counted, so that all words are its own.
    "work:",
    "  %function = load ptr, ptr %function.at",
    "  %task = load ptr, ptr %task.at",
    "  %answer = call i64 %function(ptr %task, i64 %next, i64 %until)",
    "  %ignored = atomicrmw max ptr %worst.at, i64 %answer monotonic",
    "  %counted = atomicrmw add ptr %done.at, i64 %took release",
    "  br label %look",
    "none:",
    "  %s.next = add i64 %s, 1",
    "  %others = icmp slt i64 %s.next, %size",
    "  br i1 %others, label %whose, label %over",
    "over:",
    "  ret void",
    "}",
]

#: Wake who sleeps; return how many did.
_WAKE = [
    "define i64 @wake(ptr %crew) nounwind {",
    "start:",
    at("size.at", "crew", SIZE),
    "  %size = load i64, ptr %size.at",
    "  br label %next",
    "next:",
    "  %k = phi i64 [ 1, %start ], [ %k.next, %look ], [ %k.next, %open ]",
    "  %found = phi i64 [ 0, %start ], [ %found, %look ], [ %found.next, %open ]",
    "  %more = icmp slt i64 %k, %size",
    "  br i1 %more, label %look, label %done",
    "look:",
    "  %k.next = add i64 %k, 1",
    *share("share", "%k"),
    "  %was = atomicrmw xchg ptr %share.asleep, i64 0 seq_cst",
    "  %sleeps = icmp ne i64 %was, 0",
    "  br i1 %sleeps, label %open, label %next",
    "open:",
    "  %lock = load ptr, ptr %share.lock",
    "  call void @PyThread_release_lock(ptr %lock)",
    "  %found.next = add i64 %found, 1",
    "  br label %next",
    "done:",
    "  ret i64 %found",
    "}",
    "declare void @PyThread_release_lock(ptr)",
    "declare i32 @PyThread_acquire_lock(ptr, i32)",
]

#: Look for a new epoch for a while and help there, again and again; sleep where none comes.
_SERVE = [
    "define void @serve(ptr %crew, i64 %me) nounwind {",
    "start:",
    *share("share", "%me"),
    at("stands.at", "crew", STANDS),
    "  br label %look",
    "look:",
    "  %seen = phi i64 [ 0, %start ], [ %now, %work ], [ %seen, %awake ], [ %seen, %again ]"
    ", [ %seen, %yield ]",
    "  %turn = phi i64 [ 0, %start ], [ 0, %work ], [ 0, %awake ], [ %turn.next, %again ]"
    ", [ %turn.next, %yield ]",
    "  %now = load atomic i64, ptr %crew acquire, align 8",
    "  %new = icmp ne i64 %now, %seen",
    "  br i1 %new, label %work, label %again",
    "work:",
    "  call void @help(ptr %crew, i64 %now, i64 %me)",
    "  br label %look",
    "again:",
    "  %turn.next = add i64 %turn, 1",
    f"  %short = and i64 %turn.next, {_LOOKS - 1}",
    "  %on = icmp ne i64 %short, 0",
    "  br i1 %on, label %look, label %yield",
    "yield:",
    "  %yielded = call i32 @sched_yield()",
    *placing.part("stands.at"),
    f"  %patient = icmp slt i64 %turn.next, {PATIENCE}",
    "  br i1 %patient, label %look, label %tired",
    # Either this thread sees the epoch of a phase, or the first one sees that this thread sleeps.
    "tired:",
    "  store atomic i64 1, ptr %share.asleep seq_cst, align 8",
    "  %last = load atomic i64, ptr %crew seq_cst, align 8",
    "  %late = icmp ne i64 %last, %seen",
    "  br i1 %late, label %rise, label %sleep",
    "rise:",
    "  %still = atomicrmw xchg ptr %share.asleep, i64 0 seq_cst",
    "  %free = icmp ne i64 %still, 0",
    "  br i1 %free, label %awake, label %sleep",
    "sleep:",
    "  %lock = load ptr, ptr %share.lock",
    "  %ignored = call i32 @PyThread_acquire_lock(ptr %lock, i32 1)",
    "  br label %awake",
    "awake:",
    "  br label %look",
    "}",
]

SOURCE = "\n".join(["", *_HELP, "", *_TOGETHER, "", *_WAKE, "", *_SERVE, placing.SOURCE])
