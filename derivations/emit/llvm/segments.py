"""LLVM source of the walk through a step: from one gradient to the next, alone or shared out.

`segment_k(together, crew, task)` does the phases between two gradients, and answers as
`derivations.emit.llvm.task` has it. The first looks at the state, and the last moves its clock. A
segment that finds something wrong puts back what a step writes to, if there is a backup.
`together(crew, function, task, count)` shares jobs out to a crew of threads; without one, the
caller does all. `measure(task)` takes the energies at a state; `restore(task)` undoes a step that
was interrupted between two segments.
"""

from __future__ import annotations

import sympy as sp

from derivations.emit.llvm import finite, task
from derivations.emit.llvm.builder import Function, Variable
from derivations.emit.program.program import Program

_TASK, _CREW = "ptr %task", ["ptr %together", "ptr %crew", "ptr %task"]
#: Hyperparameters that follow from the state: the number of the step, and the thermal time.
_CLOCKS = {"count": task.STEP, "t": task.TIME}


def write(
    program: Program,
    gauge: Program | None,
    kind: str,
    arrays: list[sp.Symbol],
    rows: list[sp.Symbol],
) -> list[str]:
    """Write the walk through a program, whose tables have these arrays and numbers."""
    walk = _Walk(program, gauge, kind, arrays, rows)
    made = [walk.begin(), walk.commit(), walk.copy("keep"), walk.copy("restore"), _each()]
    made += [walk.segment(k) for k in range(1, len(program.segments) + 1)]
    if gauge is not None:
        made.append(walk.measure())
    return [*(f.text() for f in made), "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)"]


class _Walk:
    """The functions of a walk, and what they have in common."""

    def __init__(
        self,
        program: Program,
        gauge: Program | None,
        kind: str,
        arrays: list[sp.Symbol],
        rows: list[sp.Symbol],
    ) -> None:
        self.program, self.gauge, self.kind = program, gauge, kind
        self.arrays, self.rows = arrays, rows
        phases = [*program.phases, *(gauge.phases if gauge else ())]
        moving = {x.name for phase in phases for x in phase.assigned if " " not in x.name}
        places = {x: k for k, x in enumerate(task.carried(frozenset(moving)), task.SCALARS)}
        #: Where the scalars of a state are, and their columns in a row of numbers.
        self.scalars = [
            (places[x.name], column) for column, x in enumerate(rows) if x.name in places
        ]

    def begin(self) -> Function:
        """Write how the numbers that follow from the state are entered, for each group."""
        f = Function("begin", [_TASK], internal=True)
        state = task.pointer(f, task.STATE)
        numbers = task.pointer(f, task.NUMBERS)
        found = [(column, f.load("double", state, place)) for place, column in self.scalars]
        for column, symbol in enumerate(self.rows):
            if symbol.name in _CLOCKS and column not in dict(found):
                value = f.load("double", state, _CLOCKS[symbol.name])
                if symbol.name == "count":
                    value = f.value(f"fadd double {value}, 1.0")
                found.append((column, value))
        with f.loop(task.integer(f, task.GROUPS) if found else "0") as group:
            place = f.value(f"mul i64 {group}, {len(self.rows) + 1}")
            row = f.at("double", numbers, place)
            for column, value in found:
                f.store("double", value, row, column)
        f.leave()
        return f

    def commit(self) -> Function:
        """Write how a state keeps its scalars, its time and the number of its step."""
        f = Function("commit", [_TASK], internal=True)
        state, numbers = task.pointer(f, task.STATE), task.pointer(f, task.NUMBERS)
        for place, column in self.scalars:
            f.store("double", f.load("double", numbers, column), state, place)
        step = f.value(f"fadd double {f.load('double', state, task.STEP)}, 1.0")
        f.store("double", step, state, task.STEP)
        length = f.load("double", numbers, len(self.rows))
        time = f.variable(
            "double", f.value(f"fadd double {f.load('double', state, task.TIME)}, {length}")
        )
        period = task.integer(f, task.PERIOD)
        with f.when(f.value(f"icmp sgt i64 {period}, 0")):
            number = f.value(f"fptosi double {step} to i64")
            rest = f.value(f"urem i64 {number}, {period}")
            with f.when(f.value(f"icmp eq i64 {rest}, 0")):
                time.set("0.0")
        f.store("double", time.get(), state, task.TIME)
        f.leave()
        return f

    def copy(self, way: str) -> Function:
        """Write how all that a step writes to is kept, or put back."""
        f = Function(way, [_TASK], internal=way == "keep")
        table, sizes = task.pointer(f, task.ARRAYS), task.pointer(f, task.SIZES)
        room = f.variable("ptr", task.pointer(f, task.BACKUP))
        with f.loop(task.integer(f, task.LEAVES)) as leaf:
            row = f.at(f"[{len(self.arrays)} x ptr]", table, leaf)
            size = f.load("i64", sizes, leaf)
            count = f.value(f"mul i64 {size}, {8 if self.kind == 'double' else 4}")
            for place in range(1 + len(self.program.rule.states)):
                array, kept = f.load("ptr", row, place), room.get()
                to, source = (kept, array) if way == "keep" else (array, kept)
                moved = [f"ptr {to}", f"ptr {source}", f"i64 {count}", "i1 false"]
                f.call("@llvm.memcpy.p0.p0.i64", moved)
                room.set(f.at("i8", kept, count))
        f.leave()
        return f

    def segment(self, number: int) -> Function:
        """Write the phases from one gradient to the next, as long as nothing is wrong."""
        first, last = self.program.segments[number - 1]
        f = Function(f"segment_{number}", _CREW, "i64")
        status, failed = f.variable("i64", str(task.DONE)), f.label()
        backup = task.integer(f, task.BACKUP)
        kept = f.value(f"icmp ne i64 {backup}, 0")
        if number == 1:
            f.call("@begin", [_TASK])
            with f.when(kept):
                f.call("@keep", [_TASK])
        phases = self.program.phases[first:last]
        checked = number == 1 and any(p.reads_gradient and not p.writes for p in phases[:1])
        reads = any(phase.reads_gradient for phase in phases)
        if reads and not (checked and self.program.rule.gradient_at_start):
            self._expect(f, _shared(f, "check"), status, failed, looked=True)
        for index, phase in enumerate(phases, first + 1):
            if phase.work:
                answer = f.call(f"@factors_{index}", [_TASK], "i64")
                self._expect(f, answer, status, failed, wrong=task.UNDEFINED + index)
                answer = _shared(f, f"phase_{index}")
                self._expect(f, answer, status, failed, wrong=task.OVERFLOW)
            answer = f.call(f"@add_{index}", [_TASK], "i64")
            self._expect(f, answer, status, failed, looked=True)
        if number == len(self.program.segments):
            f.call("@commit", [_TASK])
        f.leave(str(task.DONE))
        f.begin(failed)
        with f.when(kept):
            f.call("@restore", [_TASK])
        f.leave(status.get())
        return f

    def _expect(
        self,
        f: Function,
        answer: str,
        status: Variable,
        failed: str,
        wrong: int = 0,
        looked: bool = False,
    ) -> None:
        """Go on where an answer is zero; a look may also find that all is trusted to be huge."""
        refused = f.value(f"icmp ne i64 {answer}, 0")
        if looked:
            huge = f.value(f"icmp eq i64 {answer}, {finite.HUGE}")
            trusted = f.value(f"icmp ne i64 {task.integer(f, task.TRUSTED)}, 0")
            taken = f.value(f"and i1 {huge}, {trusted}")
            refused = f.value(f"select i1 {taken}, i1 false, i1 {refused}")
            text = f"select i1 {huge}, i64 {task.LARGE_GRADIENT}, i64 {task.NOT_FINITE}"
        with f.when(refused):
            status.set(f.value(text) if looked else str(wrong))
            f.jump(failed)

    def measure(self) -> Function:
        """Write the look at the energies of a state."""
        f = Function("measure", [_TASK], "i64")
        assert self.gauge is not None
        f.call("@begin", [_TASK])
        if self.gauge.phases[0].work:
            refused = f.call("@factors_0", [_TASK], "i64")
            with f.when(f.value(f"icmp ne i64 {refused}, 0")):
                f.leave(str(task.UNDEFINED))
            count = task.integer(f, task.COUNT)
            f.call("@phase_0", [_TASK, "i64 0", f"i64 {count}"], "i64")
        f.call("@add_0", [_TASK], "i64")
        f.leave(str(task.DONE))
        return f


def _shared(f: Function, called: str) -> str:
    """Share the jobs of a function out, and return the largest answer."""
    count = task.integer(f, task.COUNT)
    given = [*_CREW[:2], f"ptr @{called}", _TASK, f"i64 {count}"]
    return f.call("@each", given, "i64")


def _each() -> Function:
    """Write who does the jobs: a crew, or the caller alone."""
    f = Function("each", [*_CREW[:2], "ptr %function", _TASK, "i64 %count"], "i64", internal=True)
    with f.when(f.value("icmp ne ptr %together, null")):
        given = ["ptr %crew", "ptr %function", _TASK, "i64 %count"]
        f.leave(f.call("%together", given, "i64"))
    f.leave(f.call("%function", [_TASK, "i64 0", "i64 %count"], "i64"))
    return f
