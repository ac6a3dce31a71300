"""LLVM source: one fused loop for each phase, from memory to memory, with no array in between.

A module is written for one precision. Its functions work on tables, so that one call runs over
all arrays of a parameter set, and share what comes first in their arguments:

`arrays`  for each array of the set a row of addresses: of w, its states, its gradient, its noises.
`jobs`    rows of three integers: an array's number, where in it the job begins, its length.
`first`, `last`  the jobs that a call does; several threads may do different jobs at once.

`@check` returns 1 where a gradient is not finite; `@phase_1`, … are the phases of a step. A phase
reads the hyperparameters and the sums of earlier phases from `numbers`, in double precision, and
returns 1 before it writes anything where a factor that it computes from them is not finite. Each
job leaves its part of the sums in a row of `sums`; `@add_1`, … add the rows in the order of the
jobs, so that no result depends on the number of threads. Where the first phase takes sums of the
gradient before anything is written, `@add_1` returns what `@check` would, and spares its reading.
"""

from __future__ import annotations

from typing import Literal

import sympy as sp

from derivations.algebra.symbols import G, w
from derivations.emit.arrays import matrices as whole
from derivations.emit.arrays.infix import Hoist, name
from derivations.emit.arrays.module import title
from derivations.emit.llvm import finite
from derivations.emit.llvm.operations import FLAGS, Operations, quoted
from derivations.emit.program.program import Phase, Program, is_temporary

Precision = Literal["double", "float"]
PRECISIONS: tuple[Precision, ...] = ("double", "float")

#: The sum that is zero, or NaN where a gradient is not finite.
_FINITE = "finite"
_TABLES = "ptr %arrays, ptr %jobs, i64 %first, i64 %last"


def write(program: Program, precision: Precision = "double") -> str:
    """Write a program as an LLVM module; one with functions of matrices as NumPy code."""
    if program.has_matrices:
        return whole.write(program)
    rows = arrays(program)
    used: set[str] = set()
    place = {name(G): rows.index(name(G))}
    body = finite.write(precision, _TABLES, _job(precision, len(rows), place))
    for index, phase in enumerate(program.phases, 1):
        if phase.work or phase.totals:
            checks = index == 1 and is_checking(program)
            operations = Operations(precision, used)
            body += _block(index, phase, operations, checks)
            body += _phase(index, phase, program, operations, checks)
            body += _add(index, phase, program, checks)
    head = [f"; {title(program.rule)}", f"; arrays: {', '.join(rows)}"]
    head.append(f"; numbers: {', '.join(numbers(program))}")
    return "\n".join([*head, *body, "", *sorted(used)]) + "\n"


def is_checking(program: Program) -> bool:
    """Tell whether the sums of the first phase find a gradient that is not finite."""
    first = program.phases[0]
    return program.rule.gradient_at_start and not first.writes and first.reads_gradient


def arrays(program: Program) -> list[str]:
    """Return the names of the arrays in a row of the table."""
    return [name(symbol) for symbol in (w, *program.rule.states, G, *program.rule.noises)]


def numbers(program: Program) -> list[str]:
    """Return the names of what `numbers` holds: hyperparameters, then sums in their order."""
    found = [name(symbol) for phase in program.phases for symbol, _ in phase.totals]
    own = {name(symbol) for phase in program.phases for symbol in phase.parameters}
    return [*sorted(own - set(found)), *found]


def _block(index: int, phase: Phase, operations: Operations, checks: bool) -> list[str]:
    """Write the loop over one job of a phase; what it computes is shared and stays in registers."""
    hoist = Hoist()
    work = [(item.target, hoist(item.value), item.label) for item in phase.work]
    totals = [(symbol, hoist(value)) for symbol, value in phase.totals]
    operations.factors = hoist
    kind, present = operations.kind, _arrays_of(phase)
    values = [value for _, value, _ in work] + [value for _, value in totals]
    scalars = sorted({x for v in values for x in v.free_symbols} & _scalars(phase, hoist), key=str)
    operations.passed = scalars
    lines: list[str] = []
    for array in present:
        at, old = quoted(name(array) + ".at"), quoted(name(array) + ".old")
        lines.append(f"{at} = getelementptr {kind}, ptr {quoted(name(array))}, i64 %i")
        lines.append(f"{old} = load {kind}, ptr {at}")
        operations.known[array] = old
    operations.known |= {scalar: quoted(name(scalar)) for scalar in scalars}
    operations.lines = lines
    for target, value, label in work:
        lines.append(f"; {label}")
        operations.assign(target, value)
    for symbol, value in totals:
        part = operations.widened(operations.value(value))
        lines.append(
            f"{quoted(name(symbol) + '.next')} = fadd {FLAGS} double {quoted(name(symbol))}, {part}"
        )
    if checks:
        gradient = operations.value(G)
        zero = operations.widened(operations.line(f"fsub {kind} {gradient}, {gradient}"))
        lines.append(f"%{_FINITE}.next = fadd reassoc double %{_FINITE}, {zero}")
    written = {target for target, _, _ in work} if phase.writes else set()
    for array in present:
        if array in written:
            value = operations.value(array)
            lines.append(f"store {kind} {value}, ptr {quoted(name(array) + '.at')}")
    sums = _sums(phase, checks)
    return _loop(index, sums, present, scalars, kind, lines)


def _loop(
    index: int,
    names: list[str],
    present: list[sp.Symbol],
    scalars: list[sp.Symbol],
    kind: str,
    body: list[str],
) -> list[str]:
    """Put the body of a loop into the function of a job."""
    arguments = ["i64 %count", *(f"ptr noalias {quoted(name(x))}" for x in present)]
    arguments += [f"{kind} {quoted(name(x))}" for x in scalars]
    arguments += ["ptr noalias %sums"] if names else []
    lines = [
        "",
        f"define internal void @block_{index}({', '.join(arguments)}) noinline nounwind {{",
    ]
    lines += ["start:", "  %any = icmp sgt i64 %count, 0", "  br i1 %any, label %loop, label %end"]
    lines += ["loop:", "  %i = phi i64 [ 0, %start ], [ %i.next, %loop ]"]
    lines += [f"  %{n} = phi double [ 0.0, %start ], [ %{n}.next, %loop ]" for n in names]
    lines += [f"  {line}" for line in body]
    lines += ["  %i.next = add nuw nsw i64 %i, 1", "  %again = icmp slt i64 %i.next, %count"]
    lines += ["  br i1 %again, label %loop, label %end", "end:"]
    lines += [f"  %{n}.all = phi double [ 0.0, %start ], [ %{n}.next, %loop ]" for n in names]
    for place, text in enumerate(names):
        lines.append(f"  %{text}.to = getelementptr double, ptr %sums, i64 {place}")
        lines.append(f"  store double %{text}.all, ptr %{text}.to")
    return [*lines, "  ret void", "}"]


def _phase(
    index: int, phase: Phase, program: Program, operations: Operations, checks: bool
) -> list[str]:
    """Write the function that computes the scalar factors once, and then does the jobs."""
    head = f"define i64 @phase_{index}({_TABLES}, ptr %numbers, ptr %sums) nounwind {{"
    lines = ["", head, "start:"]
    lines += [f"  {line}" for line in _factors(phase, program, operations)]
    lines += ["next:", "  %job = phi i64 [ %first, %start ], [ %job.next, %work ]"]
    lines += ["  %more = icmp slt i64 %job, %last", "  br i1 %more, label %work, label %done"]
    lines += ["work:", *_job(operations.kind, len(arrays(program)), _places(phase, program))]
    row = len(_sums(phase, checks))
    called = ["i64 %count", *(f"ptr {quoted(name(x))}" for x in _arrays_of(phase))]
    called += [f"{operations.kind} {quoted(name(x))}" for x in operations.passed]
    if row:
        lines.append(f"  %sums.row = mul i64 %job, {row}")
        lines.append("  %sums.at = getelementptr double, ptr %sums, i64 %sums.row")
        called.append("ptr %sums.at")
    lines += [f"  call void @block_{index}({', '.join(called)})"]
    lines += ["  %job.next = add i64 %job, 1", "  br label %next"]
    return [*lines, "done:", "  ret i64 0", "refuse:", "  ret i64 1", "}"]


def _factors(phase: Phase, program: Program, operations: Operations) -> list[str]:
    """Write the scalars of a phase in double precision, rounded, and whether they are finite."""
    kind, passed = operations.kind, operations.passed
    scalars = Operations("double", operations.used)
    rows = numbers(program)
    for symbol in phase.parameters:
        at, wide = quoted(name(symbol) + ".at"), quoted(name(symbol) + ".wide")
        scalars.lines += [
            f"{at} = getelementptr double, ptr %numbers, i64 {rows.index(name(symbol))}",
            f"{wide} = load double, ptr {at}",
        ]
        scalars.known[symbol] = wide
    for value, symbol in operations.factors.names.items():
        scalars.known[symbol] = scalars.value(value)
    finite = "0.0"
    for symbol in passed:
        wide, rounded = scalars.known[symbol], quoted(name(symbol))
        if kind == "float":
            scalars.lines.append(f"{rounded} = fptrunc double {wide} to float")
            wide = scalars.line(f"fpext float {rounded} to double")
        else:
            scalars.lines.append(f"{rounded} = fadd double {wide}, 0.0")
        none = scalars.line(f"fsub double {wide}, {wide}")
        finite = scalars.line(f"fadd double {finite}, {none}")
    scalars.lines.append(f"%good = fcmp ord double {finite}, 0.0")
    return [*scalars.lines, "br i1 %good, label %next, label %refuse"]


def _add(index: int, phase: Phase, program: Program, checks: bool) -> list[str]:
    """Write the function that adds the parts of the sums which the jobs left behind."""
    if not phase.totals:
        return []
    lines = ["", f"define i64 @add_{index}(i64 %jobs, ptr %numbers, ptr %sums) nounwind {{"]
    lines += ["start:", "  br label %next"]
    lines += ["next:", "  %job = phi i64 [ 0, %start ], [ %job.next, %work ]"]
    names = _sums(phase, checks)
    lines += [f"  %{n} = phi double [ 0.0, %start ], [ %{n}.next, %work ]" for n in names]
    lines += ["  %more = icmp slt i64 %job, %jobs", "  br i1 %more, label %work, label %done"]
    lines += ["work:", f"  %row = mul i64 %job, {len(names)}"]
    for place, text in enumerate(names):
        lines += [
            f"  %{text}.place = add i64 %row, {place}",
            f"  %{text}.at = getelementptr double, ptr %sums, i64 %{text}.place",
            f"  %{text}.part = load double, ptr %{text}.at",
            f"  %{text}.next = fadd double %{text}, %{text}.part",
        ]
    lines += ["  %job.next = add i64 %job, 1", "  br label %next", "done:"]
    rows = numbers(program)
    for text in names[: len(phase.totals)]:
        lines += [
            f"  %{text}.to = getelementptr double, ptr %numbers, i64 {rows.index(text)}",
            f"  store double %{text}, ptr %{text}.to",
        ]
    finite = f"%{_FINITE}" if checks else "0.0"
    lines += [f"  %found = fcmp uno double {finite}, 0.0", "  %answer = zext i1 %found to i64"]
    return [*lines, "  ret i64 %answer", "}"]


def _job(kind: str, width: int, places: dict[str, int]) -> list[str]:
    """Write where the arrays of a job begin, and its length."""
    lines = [
        "  %job.at = getelementptr [3 x i64], ptr %jobs, i64 %job",
        "  %array = load i64, ptr %job.at",
        "  %begin.at = getelementptr i64, ptr %job.at, i64 1",
        "  %begin = load i64, ptr %begin.at",
        "  %count.at = getelementptr i64, ptr %job.at, i64 2",
        "  %count = load i64, ptr %count.at",
        f"  %row = getelementptr [{width} x ptr], ptr %arrays, i64 %array",
    ]
    for text, place in places.items():
        at, all_of = quoted(text + ".row"), quoted(text + ".all")
        lines += [
            f"  {at} = getelementptr ptr, ptr %row, i64 {place}",
            f"  {all_of} = load ptr, ptr {at}",
            f"  {quoted(text)} = getelementptr {kind}, ptr {all_of}, i64 %begin",
        ]
    return lines


def _sums(phase: Phase, checks: bool) -> list[str]:
    """Return the names of what a job leaves behind."""
    return [*(name(symbol) for symbol, _ in phase.totals), *([_FINITE] if checks else [])]


def _arrays_of(phase: Phase) -> list[sp.Symbol]:
    return sorted((x for x in phase.arrays if not is_temporary(x)), key=str)


def _places(phase: Phase, program: Program) -> dict[str, int]:
    rows = arrays(program)
    return {name(symbol): rows.index(name(symbol)) for symbol in _arrays_of(phase)}


def _scalars(phase: Phase, hoist: Hoist) -> set[sp.Symbol]:
    return set(phase.parameters) | set(hoist.names.values())
