"""LLVM source of the loop of a run: steps with a compiled loss, until something is out of the way.

`@run` makes steps as the loop of `hm.minimize` does: it takes the gradient where the rule asks for
it, keeps the trace and the best point, and returns how many steps it made. Before a step that it
cannot make as usual it stops, with everything as it was: a number is not finite, a factor of the
step is not defined, or the gradient is within the tolerance. The careful loop then makes that step,
or says why there is none.
"""

from __future__ import annotations

from typing import Any

#: What a run carries: the loss, its best value, the tolerance and the norm of the gradient.
VALUE, BEST, TOLERANCE, NORM = range(4)
#: Whether the gradient at w is known, and how often the loss was asked.
KNOWN, EVALUATIONS = range(2)
ARGUMENTS = (
    "ptr %fun, ptr %arrays, ptr %jobs, i64 %jobs.count, i64 %size, ptr %table, ptr %sums, "
    "i64 %steps, ptr %marks, ptr %flags, ptr %values, ptr %norms, ptr %best, ptr %kept"
)


def write(plan: dict[str, Any], kind: str) -> str:
    """Write `@run` for the phases of a plan, which stand beside it in the module."""
    width = len(plan["llvm"]["arrays"])
    gradient = plan["llvm"]["arrays"].index("gradient")
    at_start = plan["gradient_at_start"] or plan["starts_with_gradient"]
    lines = [
        "",
        f"define i64 @run({ARGUMENTS}) nounwind {{",
        "start:",
        "  %w = load ptr, ptr %arrays",
        f"  %gradient.at = getelementptr ptr, ptr %arrays, i64 {gradient}",
        "  %gradient = load ptr, ptr %gradient.at",
        *_place("mark", "double", "marks", ("value", VALUE), ("norm", NORM)),
        *_place("flag", "i64", "flags", ("known", KNOWN), ("evaluations", EVALUATIONS)),
        f"  %bytes = mul i64 %size, {8 if kind == 'double' else 4}",
        "  br label %next",
        "next:",
        "  %step = phi i64 [ 0, %start ], [ %step.next, %made ]",
        "  %more = icmp slt i64 %step, %steps",
        "  br i1 %more, label %begun, label %done",
        "begun:",
        "  %value.old = load double, ptr %mark.value",
        "  %norm.old = load double, ptr %mark.norm",
        "  %known.old = load i64, ptr %flag.known",
        "  %evaluations.old = load i64, ptr %flag.evaluations",
        *_copies(width, "save"),
        f"  %numbers.place = mul i64 %step, {len(plan['llvm']['numbers'])}",
        "  %numbers = getelementptr double, ptr %table, i64 %numbers.place",
        "  %values.at = getelementptr double, ptr %values, i64 %step",
        "  %norms.at = getelementptr double, ptr %norms, i64 %step",
        *(_first() if at_start else []),
        *_phases(plan, recorded=bool(at_start)),
        "  %finite = call i1 @run.finite(ptr %w, i64 %size)",
        "  br i1 %finite, label %made, label %undone",
        "made:",
        f"  store i64 {int(plan['ends_with_gradient'])}, ptr %flag.known",
        "  %step.next = add i64 %step, 1",
        "  br label %next",
        "undone:",
        *_copies(width, "restore"),
        "  store double %value.old, ptr %mark.value",
        "  store double %norm.old, ptr %mark.norm",
        "  store i64 %known.old, ptr %flag.known",
        "  store i64 %evaluations.old, ptr %flag.evaluations",
        "  br label %done",
        "done:",
        "  ret i64 %step",
        "}",
    ]
    helpers = [*_evaluate(kind), *_record(), *_finite(kind)]
    ends = ["declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)"]
    if "declare double @llvm.sqrt.f64(" not in plan["llvm"]["sources"][kind]:
        ends.append("declare double @llvm.sqrt.f64(double)")
    return "\n".join([*lines, *helpers, *ends]) + "\n"


def _first() -> list[str]:
    """Write the gradient at the start of a step, unless the step before left it."""
    return [
        "  %is.known = icmp ne i64 %known.old, 0",
        "  br i1 %is.known, label %known, label %ask",
        "ask:",
        *_asked("first", "known"),
        "known:",
        *_recorded("phase1"),
    ]


def _phases(plan: dict[str, Any], recorded: bool) -> list[str]:
    """Write the phases of a step in order; the first gradient is recorded, once."""
    lines = [] if recorded else ["  br label %phase1"]
    for k, phase in enumerate(plan["llvm"]["phases"], 1):
        lines.append(f"phase{k}:")
        if phase["evaluates"]:
            lines += [*_asked(f"{k}", f"asked{k}"), f"asked{k}:"]
            if not recorded:
                lines += [*_recorded(f"work{k}"), f"work{k}:"]
                recorded = True
        if phase["works"]:
            lines += [
                f"  %refused{k} = call i64 @phase_{k}(ptr %arrays, ptr %jobs, i64 0, "
                "i64 %jobs.count, ptr %numbers, ptr %sums)",
                f"  %fine{k} = icmp eq i64 %refused{k}, 0",
                f"  br i1 %fine{k}, label %worked{k}, label %undone",
                f"worked{k}:",
            ]
        if phase["totals"]:
            lines.append(f"  call void @add_{k}(i64 %jobs.count, ptr %numbers, ptr %sums)")
        lines.append(f"  br label %phase{k + 1}")
    return [*lines, f"phase{len(plan['llvm']['phases']) + 1}:"]


def _asked(name: str, following: str) -> list[str]:
    return [
        f"  %asked.{name} = call i1 @run.evaluate(ptr %fun, ptr %w, i64 %size, ptr %gradient, "
        "ptr %marks, ptr %flags)",
        f"  br i1 %asked.{name}, label %{following}, label %undone",
    ]


def _recorded(following: str) -> list[str]:
    return [
        "  %recorded = call i1 @run.record(ptr %w, i64 %bytes, ptr %marks, ptr %values.at, "
        "ptr %norms.at, ptr %best)",
        f"  br i1 %recorded, label %{following}, label %undone",
    ]


def _copies(width: int, way: str) -> list[str]:
    """Write how a step's arrays are kept before it, or put back."""
    lines = []
    for place in range(width):
        own, kept = f"%{way}.own.{place}", f"%{way}.kept.{place}"
        lines += [
            f"  {own}.at = getelementptr ptr, ptr %arrays, i64 {place}",
            f"  {own} = load ptr, ptr {own}.at",
            f"  {kept}.place = mul i64 %bytes, {place}",
            f"  {kept} = getelementptr i8, ptr %kept, i64 {kept}.place",
        ]
        to, source = (kept, own) if way == "save" else (own, kept)
        lines.append(
            f"  call void @llvm.memcpy.p0.p0.i64(ptr {to}, ptr {source}, i64 %bytes, i1 false)"
        )
    return lines


def _place(what: str, kind: str, of: str, *named: tuple[str, int]) -> list[str]:
    return [
        f"  %{what}.{name} = getelementptr {kind}, ptr %{of}, i64 {place}" for name, place in named
    ]


def _evaluate(kind: str) -> list[str]:
    """Write how the loss is asked, and whether it and the norm of its gradient are finite."""
    wide = "%x" if kind == "double" else "%x.wide"
    return [
        "",
        "define internal i1 @run.evaluate(ptr %fun, ptr %w, i64 %size, ptr noalias %gradient, "
        "ptr %marks, ptr %flags) noinline nounwind {",
        "start:",
        *_place("mark", "double", "marks", ("value", VALUE), ("norm", NORM)),
        *_place("flag", "i64", "flags", ("evaluations", EVALUATIONS)),
        "  %before = load i64, ptr %flag.evaluations",
        "  %after = add i64 %before, 1",
        "  store i64 %after, ptr %flag.evaluations",
        "  %value = call double %fun(ptr %w, i64 %size, ptr %gradient)",
        "  store double %value, ptr %mark.value",
        "  br label %loop",
        "loop:",
        "  %i = phi i64 [ 0, %start ], [ %i.next, %work ]",
        "  %sum = phi double [ 0.0, %start ], [ %sum.next, %work ]",
        "  %more = icmp slt i64 %i, %size",
        "  br i1 %more, label %work, label %end",
        "work:",
        f"  %at = getelementptr {kind}, ptr %gradient, i64 %i",
        f"  %x = load {kind}, ptr %at",
        *(["  %x.wide = fpext float %x to double"] if kind == "float" else []),
        f"  %square = fmul reassoc contract double {wide}, {wide}",
        "  %sum.next = fadd reassoc contract double %sum, %square",
        "  %i.next = add nuw nsw i64 %i, 1",
        "  br label %loop",
        "end:",
        "  %norm = call double @llvm.sqrt.f64(double %sum)",
        "  store double %norm, ptr %mark.norm",
        "  %zero = fsub double %norm, %norm",
        "  %none = fsub double %value, %value",
        "  %finite = fcmp ord double %zero, %none",
        "  ret i1 %finite",
        "}",
    ]


def _record() -> list[str]:
    """Write what is noted of a point, unless its gradient is within the tolerance."""
    return [
        "",
        "define internal i1 @run.record(ptr %w, i64 %bytes, ptr %marks, ptr %values, ptr %norms, "
        "ptr %best) noinline nounwind {",
        "start:",
        *_place("mark", "double", "marks", ("value", VALUE), ("best", BEST)),
        *_place("mark", "double", "marks", ("tolerance", TOLERANCE), ("norm", NORM)),
        "  %norm = load double, ptr %mark.norm",
        "  %tolerance = load double, ptr %mark.tolerance",
        "  %reached = fcmp ole double %norm, %tolerance",
        "  br i1 %reached, label %stop, label %note",
        "note:",
        "  %value = load double, ptr %mark.value",
        "  store double %value, ptr %values",
        "  store double %norm, ptr %norms",
        "  %least = load double, ptr %mark.best",
        "  %better = fcmp olt double %value, %least",
        "  br i1 %better, label %copy, label %end",
        "copy:",
        "  store double %value, ptr %mark.best",
        "  call void @llvm.memcpy.p0.p0.i64(ptr %best, ptr %w, i64 %bytes, i1 false)",
        "  br label %end",
        "end:",
        "  ret i1 true",
        "stop:",
        "  ret i1 false",
        "}",
    ]


def _finite(kind: str) -> list[str]:
    """Write whether all weights are finite."""
    return [
        "",
        "define internal i1 @run.finite(ptr noalias %w, i64 %size) noinline nounwind {",
        "start:",
        "  br label %loop",
        "loop:",
        "  %i = phi i64 [ 0, %start ], [ %i.next, %work ]",
        f"  %sum = phi {kind} [ 0.0, %start ], [ %sum.next, %work ]",
        "  %more = icmp slt i64 %i, %size",
        "  br i1 %more, label %work, label %end",
        "work:",
        f"  %at = getelementptr {kind}, ptr %w, i64 %i",
        f"  %x = load {kind}, ptr %at",
        f"  %zero = fsub {kind} %x, %x",
        f"  %sum.next = fadd reassoc {kind} %sum, %zero",
        "  %i.next = add nuw nsw i64 %i, 1",
        "  br label %loop",
        "end:",
        f"  %finite = fcmp ord {kind} %sum, 0.0",
        "  ret i1 %finite",
        "}",
    ]
