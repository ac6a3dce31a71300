"""LLVM source of the look at a gradient before a step: whether all of it is finite.

x − x is zero, or NaN where x is infinite or NaN; so is a sum of such differences. A line of memory
is read at a time, and asked for long before: that makes the look a fifth faster.
"""

from __future__ import annotations

#: Bytes in a line of memory, and how far ahead it is asked for.
_LINE, _AHEAD = 64, 8192


def write(kind: str, arguments: str, job: list[str]) -> list[str]:
    """Write `@check(arguments)`; `job` says where the gradient of a job begins, and its length."""
    width = _LINE // (8 if kind == "double" else 4)
    names = {
        "kind": kind,
        "width": width,
        "vector": f"<{width} x {kind}>",
        "reduce": f"llvm.vector.reduce.fadd.v{width}{'f64' if kind == 'double' else 'f32'}",
        "ahead": _AHEAD,
    }
    text = (_LOOP + _CHECK).format(arguments=arguments, job="\n".join(job), **names)
    return ["", *text.splitlines()]


_LOOP = """\
define internal i1 @finite(i64 %count, ptr noalias %gradient) noinline nounwind {{
start:
  %rest = urem i64 %count, {width}
  %lined = sub i64 %count, %rest
  %lines = icmp sgt i64 %lined, 0
  br i1 %lines, label %line, label %single
line:
  %i = phi i64 [ 0, %start ], [ %i.next, %line ]
  %sum = phi {vector} [ zeroinitializer, %start ], [ %sum.next, %line ]
  %at = getelementptr {kind}, ptr %gradient, i64 %i
  %ahead = getelementptr i8, ptr %at, i64 {ahead}
  call void @llvm.prefetch.p0(ptr %ahead, i32 0, i32 3, i32 1)
  %x = load {vector}, ptr %at, align 4
  %zero = fsub {vector} %x, %x
  %sum.next = fadd {vector} %sum, %zero
  %i.next = add nuw nsw i64 %i, {width}
  %again = icmp slt i64 %i.next, %lined
  br i1 %again, label %line, label %added
added:
  %all = call reassoc {kind} @{reduce}({kind} 0.0, {vector} %sum.next)
  br label %single
single:
  %so.far = phi {kind} [ 0.0, %start ], [ %all, %added ], [ %total.next, %one ]
  %j = phi i64 [ %lined, %start ], [ %lined, %added ], [ %j.next, %one ]
  %more = icmp slt i64 %j, %count
  br i1 %more, label %one, label %end
one:
  %one.at = getelementptr {kind}, ptr %gradient, i64 %j
  %y = load {kind}, ptr %one.at
  %none = fsub {kind} %y, %y
  %total.next = fadd {kind} %so.far, %none
  %j.next = add nuw nsw i64 %j, 1
  br label %single
end:
  %finite = fcmp ord {kind} %so.far, 0.0
  ret i1 %finite
}}
"""
_CHECK = """
define i64 @check({arguments}) nounwind {{
start:
  br label %next
next:
  %job = phi i64 [ %first, %start ], [ %job.next, %going ]
  %more = icmp slt i64 %job, %last
  br i1 %more, label %work, label %done
work:
{job}
  %fine = call i1 @finite(i64 %count, ptr %gradient)
  br i1 %fine, label %going, label %found
going:
  %job.next = add i64 %job, 1
  br label %next
done:
  ret i64 0
found:
  ret i64 1
}}
declare void @llvm.prefetch.p0(ptr, i32, i32, i32)
declare {kind} @{reduce}({kind}, {vector})"""
