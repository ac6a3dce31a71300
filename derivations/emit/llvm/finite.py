"""LLVM source of the look at a gradient before a step: whether all of it is finite, and not huge.

x - x is zero, or NaN where x is infinite or NaN; so is a sum of such differences. The square of a
number that is scaled up overflows where the number is above a limit, beyond which a step could
overflow too. A line of memory is read at a time, and asked for long before: that makes the look a
fifth faster.
"""

from __future__ import annotations

import struct
from typing import Literal

from derivations.emit.llvm import task
from derivations.emit.llvm.builder import Function

#: What a look answers.
FINE, HUGE, NONE = 0, 1, 2
#: The exponents of two of the largest gradients that no step overflows at: a quarter and an
#: eighth of what each precision has, so that powers of sums of them stay finite.
LIMITS: dict[str, int] = {"double": 128, "float": 32}
#: The exponents at which squares overflow.
_ROOTS = {"double": 512, "float": 64}
_SIZES = {"double": 8, "float": 4}
#: Bytes in a line of memory, and how far ahead it is asked for.
_LINE, _AHEAD = 64, 8192


def terms(f: Function, kind: str, value: str, limit: int, width: int = 1) -> tuple[str, str]:
    """Write x - x, and a square that is infinite above 2^limit, for a number or a vector."""
    vector = kind if width == 1 else f"<{width} x {kind}>"
    scale = _constant(2.0 ** (_ROOTS[kind] - limit), kind)
    if width > 1:
        scale = f"<{', '.join([f'{kind} {scale}'] * width)}>"
    none = f.value(f"fsub {vector} {value}, {value}")
    scaled = f.value(f"fmul {vector} {value}, {scale}")
    return none, f.value(f"fmul {vector} {scaled}, {scaled}")


def answer(f: Function, none: str, large: str, kind: str = "double") -> str:
    """Write what a look answers for sums of both terms."""
    absent = f.value(f"fcmp uno {kind} {none}, 0.0")
    huge = f.value(f"fcmp oeq {kind} {large}, {_constant(float('inf'), 'double')}")
    other = f.value(f"select i1 {huge}, i64 {HUGE}, i64 {FINE}")
    return f.value(f"select i1 {absent}, i64 {NONE}, i64 {other}")


def write(kind: Literal["double", "float"], width: int, gradient: int) -> list[str]:
    """Write `check(task, first, last)`, for rows of `width` arrays with the gradient among them."""
    return [_look(kind).text(), _check(kind, width, gradient).text(), _declarations(kind)]


def _look(kind: str) -> Function:
    lanes = _LINE // _SIZES[kind]
    vector, limit = f"<{lanes} x {kind}>", LIMITS[kind]
    f = Function(
        "look", ["i64 %count", "ptr noalias %gradient"], "i64", "noinline nounwind", internal=True
    )
    sums = [f.variable(vector, "zeroinitializer") for _ in range(2)]
    rest = f.value(f"urem i64 %count, {lanes}")
    lined = f.value(f"sub i64 %count, {rest}")
    with f.loop(lined, step=lanes) as i:
        at = f.at(kind, "%gradient", i)
        ahead = f.at("i8", at, _AHEAD)
        f.do(f"call void @llvm.prefetch.p0(ptr {ahead}, i32 0, i32 3, i32 1)")
        x = f.value(f"load {vector}, ptr {at}, align {_SIZES[kind]}")
        for total, term in zip(sums, terms(f, kind, x, limit, lanes), strict=True):
            total.set(f.value(f"fadd {vector} {total.get()}, {term}"))
    add = f"call reassoc {kind} @{_reduce(kind)}"
    totals = [
        f.variable(kind, f.value(f"{add}({kind} 0.0, {vector} {total.get()})")) for total in sums
    ]
    with f.loop("%count", lined) as i:
        x = f.load(kind, "%gradient", i)
        for total, term in zip(totals, terms(f, kind, x, limit), strict=True):
            total.set(f.value(f"fadd {kind} {total.get()}, {term}"))
    f.leave(answer(f, totals[0].get(), totals[1].get(), kind))
    return f


def _check(kind: str, width: int, gradient: int) -> Function:
    f = Function("check", ["ptr %task", "i64 %first", "i64 %last"], "i64")
    table, jobs = task.pointer(f, task.ARRAYS), task.pointer(f, task.JOBS)
    worst = f.variable("i64", str(FINE))
    with f.loop("%last", "%first") as job:
        at = f.at(f"[{task.JOB_WORDS} x i64]", jobs, job)
        array, begin, count = (f.load("i64", at, k) for k in range(3))
        whole = f.load("ptr", f.at(f"[{width} x ptr]", table, array), gradient)
        found = f.call("@look", [f"i64 {count}", f"ptr {f.at(kind, whole, begin)}"], "i64")
        largest = f"call i64 @llvm.umax.i64(i64 {worst.get()}, i64 {found})"
        worst.set(f.value(largest))
    f.leave(worst.get())
    return f


def _reduce(kind: str) -> str:
    lanes = _LINE // _SIZES[kind]
    return f"llvm.vector.reduce.fadd.v{lanes}{'f64' if kind == 'double' else 'f32'}"


def _declarations(kind: str) -> str:
    vector = f"<{_LINE // _SIZES[kind]} x {kind}>"
    return "\n".join(
        [
            "declare void @llvm.prefetch.p0(ptr, i32, i32, i32)",
            "declare i64 @llvm.umax.i64(i64, i64)",
            f"declare {kind} @{_reduce(kind)}({kind}, {vector})",
        ]
    )


def _constant(value: float, kind: str) -> str:
    """Write a number that both precisions have exactly."""
    del kind  # LLVM writes both in the digits of the wider one
    return f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}"
