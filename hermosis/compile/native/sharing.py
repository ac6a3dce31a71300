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

from derivations.emit.llvm.builder import Function
from hermosis.compile.native.crew import (
    APART,
    ASLEEP,
    CLAIM,
    CLOSED,
    DONE,
    END,
    FUNCTION,
    LOCK,
    SHARES,
    SIZE,
    TASK,
    WORST,
)

#: Into how many claims the jobs of a phase are divided.
_CLAIMS = 128
#: How often a worker looks before it sleeps: one to two milliseconds, if nobody else wants to run.
PATIENCE = 1 << 16
#: How often a thread looks before it gives way: both may have been put on one processor.
_LOOKS = 1 << 4
#: The half of a share that is the next job; the other half is the epoch.
_HALF = (1 << 32) - 1
_CREW = "ptr %crew"
_DECLARATIONS = (
    "declare i32 @sched_yield()",
    "declare i64 @llvm.smax.i64(i64, i64)",
    "declare i64 @llvm.smin.i64(i64, i64)",
    "declare void @PyThread_release_lock(ptr)",
    "declare i32 @PyThread_acquire_lock(ptr, i32)",
)


def write() -> str:
    """Write `together(crew, function, task, count)`, `serve(crew, me)` and `wake(crew)`."""
    made = (_help(), _together(), _wake(), _serve())
    return "\n\n".join(["", *(f.text() for f in made), *_DECLARATIONS]) + "\n"


def _word(f: Function, word: int) -> str:
    """Write where a word of the crew is."""
    return f.at("i64", "%crew", word)


def _share(f: Function, thread: str) -> str:
    """Write where the share of a thread is."""
    behind = f.value(f"mul i64 {thread}, {APART}")
    return f.at("i64", "%crew", f.value(f"add i64 {behind}, {SHARES}"))


def _read(f: Function, place: str, order: str) -> str:
    return f.value(f"load atomic i64, ptr {place} {order}, align 8")


def _write(f: Function, value: str, place: str, order: str = "monotonic") -> None:
    f.do(f"store atomic i64 {value}, ptr {place} {order}, align 8")


def _is(f: Function, how: str, one: str, other: str | int) -> str:
    return f.value(f"icmp {how} i64 {one}, {other}")


def _together() -> Function:
    """Do all jobs of a phase with whoever helps; return the largest answer."""
    f = Function("together", [_CREW, "i64 %function", "i64 %task", "i64 %count"], "i64")
    size, epoch_at = f.load("i64", _word(f, SIZE)), _word(f, 0)
    epoch = f.value(f"add i64 {f.load('i64', epoch_at)}, 1")
    tag = f.value(f"shl i64 {epoch}, 32")
    closed = f.value(f"or i64 {tag}, {(1 << 31) - 1}")
    with f.loop(size) as k:
        _write(f, closed, _share(f, k), "release")
    f.do("fence seq_cst")
    part = f.value(f"sdiv i64 %count, {_CLAIMS}")
    claim = f.call("@llvm.smax.i64", [f"i64 {part}", "i64 1"], "i64")
    done, worst = _word(f, DONE), _word(f, WORST)
    for place, value in ((_word(f, FUNCTION), "%function"), (_word(f, TASK), "%task")):
        _write(f, value, place)
    for place, value in ((_word(f, CLAIM), claim), (done, "0"), (worst, "0")):
        _write(f, value, place)
    with f.loop(size) as k:
        share = _share(f, k)
        first = f.value(f"sdiv i64 {f.value(f'mul i64 %count, {k}')}, {size}")
        following = f.value(f"add i64 {k}, 1")
        last = f.value(f"sdiv i64 {f.value(f'mul i64 %count, {following}')}, {size}")
        _write(f, last, f.at("i64", share, END))
        _write(f, f.value(f"or i64 {tag}, {first}"), share, "release")
    _write(f, epoch, epoch_at, "seq_cst")
    f.call("@wake", [_CREW], "i64")
    f.call("@help", [_CREW, f"i64 {epoch}", "i64 0"])
    look, again, wait, over = (f.label() for _ in range(4))
    turn = f.variable("i64", "0")
    f.begin(look)
    f.branch(_is(f, "sge", _read(f, done, "acquire"), "%count"), over, again)
    f.begin(again)
    turn.set(f.value(f"add i64 {turn.get()}, 1"))
    f.branch(_is(f, "sgt", turn.get(), _LOOKS), wait, look)
    f.begin(wait)
    f.call("@sched_yield", [], "i32")
    turn.set("0")
    f.jump(look)
    f.begin(over)
    f.leave(_read(f, worst, "acquire"))
    return f


def _help() -> Function:
    """Take jobs of an epoch and do them, as long as there are any."""
    attributes = "noinline nounwind"
    f = Function("help", [_CREW, "i64 %epoch", "i64 %me"], "void", attributes, internal=True)
    size = f.load("i64", _word(f, SIZE))
    tag = f.value(f"and i64 %epoch, {_HALF}")
    places = [_word(f, word) for word in (CLAIM, FUNCTION, TASK, WORST, DONE)]
    claim_at, function_at, task_at, worst, done = places
    over = f.label()
    with f.loop(size) as s:
        k = f.value(f"urem i64 {f.value(f'add i64 %me, {s}')}, {size}")
        share = _share(f, k)
        end_at = f.at("i64", share, END)
        look, left, take, work, none = (f.label() for _ in range(5))
        f.begin(look)
        old = _read(f, share, "acquire")
        f.branch(_is(f, "eq", f.value(f"lshr i64 {old}, 32"), tag), left, over)
        f.begin(left)
        following = f.value(f"and i64 {old}, {_HALF}")
        end, claim = (_read(f, place, "monotonic") for place in (end_at, claim_at))
        f.branch(_is(f, "slt", following, end), take, none)
        f.begin(take)
        reach = f.value(f"add i64 {following}, {claim}")
        until = f.call("@llvm.smin.i64", [f"i64 {reach}", f"i64 {end}"], "i64")
        took = f.value(f"sub i64 {until}, {following}")
        new = f.value(f"add i64 {old}, {took}")
        pair = f.value(f"cmpxchg ptr {share}, i64 {old}, i64 {new} acq_rel monotonic")
        f.branch(f.value(f"extractvalue {{ i64, i1 }} {pair}, 1"), work, look)
        # The phase lasts until these jobs are counted, so that all words are its own.
        f.begin(work)
        function, task = (f.load("ptr", place) for place in (function_at, task_at))
        given = [f"ptr {task}", f"i64 {following}", f"i64 {until}"]
        answer = f.call(function, given, "i64")
        f.value(f"atomicrmw max ptr {worst}, i64 {answer} monotonic")
        f.value(f"atomicrmw add ptr {done}, i64 {took} release")
        f.jump(look)
        f.begin(none)
    f.begin(over)
    f.leave()
    return f


def _wake() -> Function:
    """Wake who sleeps; return how many did."""
    f = Function("wake", [_CREW], "i64")
    found = f.variable("i64", "0")
    with f.loop(f.load("i64", _word(f, SIZE)), first="1") as k:
        share = _share(f, k)
        asleep = f.at("i64", share, ASLEEP)
        was = f.value(f"atomicrmw xchg ptr {asleep}, i64 0 seq_cst")
        with f.when(_is(f, "ne", was, 0)):
            lock = f.load("ptr", f.at("i64", share, LOCK))
            f.call("@PyThread_release_lock", [f"ptr {lock}"])
            found.set(f.value(f"add i64 {found.get()}, 1"))
    f.leave(found.get())
    return f


def _serve() -> Function:
    """Look for a new epoch for a while and help there, until the crew is closed.

    Where none comes, sleep.
    """
    f = Function("serve", [_CREW, "i64 %me"])
    share, epoch, closed = _share(f, "%me"), _word(f, 0), _word(f, CLOSED)
    asleep = f.at("i64", share, ASLEEP)
    seen, turn = f.variable("i64", "0"), f.variable("i64", "0")
    look, work, again, wait, on = (f.label() for _ in range(5))
    tired, rise, sleep, awake, over = (f.label() for _ in range(5))
    f.begin(look)
    now = _read(f, epoch, "acquire")
    f.branch(_is(f, "ne", now, seen.get()), work, again)
    f.begin(work)
    f.call("@help", [_CREW, f"i64 {now}", "i64 %me"])
    seen.set(now)
    turn.set("0")
    f.jump(look)
    f.begin(again)
    turn.set(f.value(f"add i64 {turn.get()}, 1"))
    short = f.value(f"and i64 {turn.get()}, {_LOOKS - 1}")
    f.branch(_is(f, "ne", short, 0), look, wait)
    f.begin(wait)
    f.call("@sched_yield", [], "i32")
    f.branch(_is(f, "ne", _read(f, closed, "seq_cst"), 0), over, on)
    f.begin(on)
    f.branch(_is(f, "slt", turn.get(), PATIENCE), look, tired)
    # Either this thread sees the epoch of a phase, or the first one sees that this thread sleeps.
    f.begin(tired)
    _write(f, "1", asleep, "seq_cst")
    late = _is(f, "ne", _read(f, epoch, "seq_cst"), seen.get())
    ended = _is(f, "ne", _read(f, closed, "seq_cst"), 0)
    f.branch(f.value(f"or i1 {late}, {ended}"), rise, sleep)
    f.begin(rise)
    still = f.value(f"atomicrmw xchg ptr {asleep}, i64 0 seq_cst")
    f.branch(_is(f, "ne", still, 0), awake, sleep)
    f.begin(sleep)
    lock = f.load("ptr", f.at("i64", share, LOCK))
    f.call("@PyThread_acquire_lock", [f"ptr {lock}", "i32 1"], "i32")
    f.jump(awake)
    f.begin(awake)
    turn.set("0")
    f.jump(look)
    f.begin(over)
    f.leave()
    return f
