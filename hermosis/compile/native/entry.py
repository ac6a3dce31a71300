"""LLVM source of the way into a step: from Python's lists of arrays to a table of addresses.

One call reads the arrays where they are: it sees that each is an ndarray of the precision and of
the shape of its parameter, as long as the step was bound to, that it is contiguous and may be
written to, and that the gradient shares no memory with what the step writes. So no check is left
out, and none takes time; what is not so is told, before anything is written.

The offsets are those of NumPy's own header, `PyArrayObject_fields`, and of CPython's lists;
`hermosis.compile.native.layout` sees that they hold.
"""

from __future__ import annotations

from dataclasses import dataclass

from derivations.emit.llvm import task
from derivations.emit.llvm.builder import Function, Variable
from hermosis.compile.native.layout import ORDER

#: Words of a task behind those of its step: the classes of lists, arrays and numbers, and
#: how many numbers a call works on by itself; more are shared among threads.
LIST, ARRAY, PRECISION, SMALL = range(task.WORDS, task.WORDS + 4)
WORDS = task.WORDS + 4

#: What a call answers besides what a step does: an array is not as it was bound, an array lies
#: elsewhere than before, gradients may lie where something is written, threads should share.
UNUSUAL, MOVED, VIEWS, SHARE = 8, 9, 10, 11

#: NPY_ARRAY_C_CONTIGUOUS, NPY_ARRAY_OWNDATA, NPY_ARRAY_ALIGNED and NPY_ARRAY_WRITEABLE.
CONTIGUOUS, OWNING, ALIGNED, WRITEABLE = 0x1, 0x4, 0x100, 0x400
_READ = CONTIGUOUS | ALIGNED
_WRITTEN = _READ | WRITEABLE


@dataclass(frozen=True)
class Table:
    """What a row of addresses holds: `width` arrays, the gradient among them, noises behind it.

    Numbers have `size` bytes; a Python object has a head of `head` bytes.
    """

    width: int
    gradient: int
    size: int
    head: int


def write(table: Table, segments: int) -> str:
    """Write `step_k(task, w, states…, gradients, noises…)`, of lists, for each segment."""
    made = [_enter(table), *(_step(k, table.head) for k in range(1, segments + 1))]
    return "\n\n".join(["", *(f.text() for f in made), "declare ptr @PyLong_FromLong(i64)"]) + "\n"


def _step(number: int, head: int) -> Function:
    """Write a built-in function: it fills the table, and makes a small step by itself."""
    f = Function(f"step_{number}", ["ptr %self", "ptr %given", "i64 %count"], "ptr")
    own = f.load("ptr", "%given")
    task_at = f.field("ptr", own, head)
    lists = f.at("ptr", "%given", 1)
    answer = f.variable("i64", f.call("@enter", [f"ptr {task_at}", f"ptr {lists}"], "i64"))
    with f.when(f.value(f"icmp eq i64 {answer.get()}, 0")):
        given = ["ptr null", "ptr null", f"ptr {task_at}"]
        answer.set(f.call(f"@segment_{number}", given, "i64"))
    f.leave(f.call("@PyLong_FromLong", [f"i64 {answer.get()}"], "ptr"))
    return f


def _enter(table: Table) -> Function:
    """Write how a table of addresses is filled."""
    f = Function("enter", ["ptr %task", "ptr %lists"], "i64", internal=True)
    every, unusual = range(table.width), f.label()
    leaves = task.integer(f, task.LEAVES)
    items = _lists(f, table, leaves, unusual)
    seen = _Seen(f)
    rows, sizes = task.pointer(f, task.ARRAYS), task.pointer(f, task.SIZES)
    with f.loop(leaves) as leaf:
        objects = [f.load("ptr", items[a], leaf) for a in every]
        _expect(f, unusual, [_is(f, table, x, "ARRAY") for x in objects])
        fields = [_Header(f, table, x) for x in objects]
        flags = [fields[a].has(_READ if a >= table.gradient else _WRITTEN) for a in every]
        alike = [f.value(f"icmp eq i32 {x.axes}, {fields[0].axes}") for x in fields]
        kind = task.pointer(f, PRECISION)
        precise = [_same(f, x.kind, kind) for x in fields]
        precise += [f.value(f"icmp eq i8 {x.order}, {ord('=')}") for x in fields]
        _expect(f, unusual, [*flags, *alike, *precise])
        size = _product(f, fields, unusual)
        _expect(f, unusual, [f.value(f"icmp eq i64 {size}, {f.load('i64', sizes, leaf)}")])
        row = f.at(f"[{table.width} x ptr]", rows, leaf)
        for a in every:
            if a < table.gradient:
                moved = f.value(f"icmp ne i64 {fields[a].data}, {f.load('i64', row, a)}")
                seen.moved.set(f.value(f"or i1 {seen.moved.get()}, {moved}"))
            f.store("i64", fields[a].data, row, a)
        length = f.value(f"mul i64 {size}, {table.size}")
        _expect(f, unusual, seen.apart(fields, table.gradient, length))
        seen.total.set(f.value(f"add i64 {seen.total.get()}, {size}"))
    f.leave(seen.answer(leaves))
    f.begin(unusual)
    f.leave(str(UNUSUAL))
    return f


def _lists(f: Function, table: Table, leaves: str, unusual: str) -> list[str]:
    """Write where the items of the lists are; all are lists of as many arrays as there are."""
    lists = [f.load("ptr", "%lists", a) for a in range(table.width)]
    _expect(f, unusual, [_is(f, table, x, "LIST") for x in lists])
    counts = [f.field("i64", x, table.head) for x in lists]
    _expect(f, unusual, [f.value(f"icmp eq i64 {x}, {leaves}") for x in counts])
    return [f.field("ptr", x, table.head + 8) for x in lists]


def _is(f: Function, table: Table, thing: str, kind: str) -> str:
    """Write whether a Python object is exactly of a class."""
    own = f.field("ptr", thing, table.head - 8)
    return _same(f, own, task.pointer(f, {"LIST": LIST, "ARRAY": ARRAY}[kind]))


def _same(f: Function, one: str, other: str) -> str:
    return f.value(f"icmp eq ptr {one}, {other}")


def _expect(f: Function, otherwise: str, conditions: list[str]) -> None:
    """Go on where all conditions hold."""
    following = f.label()
    f.branch(f.all(conditions), following, otherwise)
    f.begin(following)


class _Header:
    """The fields of an array's header."""

    def __init__(self, f: Function, table: Table, thing: str) -> None:
        self.function, head = f, table.head
        self.data = f.field("i64", thing, head)
        self.axes = f.field("i32", thing, head + 8)
        self.shape = f.field("ptr", thing, head + 16)
        precision = f.field("ptr", thing, head + 40)
        self.kind = f.field("ptr", precision, head)
        self.order = f.field("i8", precision, head + ORDER)
        self.flags = f.field("i32", thing, head + 48)

    def has(self, mask: int) -> str:
        """Write whether an array has all of some flags."""
        f = self.function
        return f.value(f"icmp eq i32 {f.value(f'and i32 {self.flags}, {mask}')}, {mask}")


def _product(f: Function, fields: list[_Header], unusual: str) -> str:
    """Write how many numbers arrays have, whose shapes must be the same."""
    size = f.variable("i64", "1")
    with f.loop(f.value(f"sext i32 {fields[0].axes} to i64")) as axis:
        first, *others = [f.load("i64", x.shape, axis) for x in fields]
        _expect(f, unusual, [f.value(f"icmp eq i64 {x}, {first}") for x in others])
        size.set(f.value(f"mul i64 {size.get()}, {first}"))
    return size.get()


class _Seen:
    """What is known of all arrays so far."""

    def __init__(self, f: Function) -> None:
        self.function = f
        self.moved, self.owning = f.variable("i1", "false"), f.variable("i1", "true")
        self.total = f.variable("i64", "0")
        #: The lowest and the highest address of what is written, and of gradients.
        self.written = f.variable("i64", "-1"), f.variable("i64", "0")
        self.read = f.variable("i64", "-1"), f.variable("i64", "0")

    def apart(self, fields: list[_Header], gradient: int, length: str) -> list[str]:
        """Write whether a gradient lies apart from what is written beside it, and note where."""
        f, own = self.function, fields[gradient]
        end = f.value(f"add i64 {own.data}, {length}")
        self._note(self.read, own.data, end)
        found = []
        for other in fields[:gradient]:
            reach = f.value(f"add i64 {other.data}, {length}")
            self._note(self.written, other.data, reach)
            below = f.value(f"icmp ule i64 {end}, {other.data}")
            above = f.value(f"icmp ule i64 {reach}, {own.data}")
            found.append(f.value(f"or i1 {below}, {above}"))
        owners = f.all([x.has(OWNING) for x in fields[: gradient + 1]])
        self.owning.set(f.value(f"and i1 {self.owning.get()}, {owners}"))
        return found

    def _note(self, span: tuple[Variable, Variable], begin: str, end: str) -> None:
        f, (low, high) = self.function, span
        below = f.value(f"icmp ult i64 {begin}, {low.get()}")
        low.set(f.value(f"select i1 {below}, i64 {begin}, i64 {low.get()}"))
        above = f.value(f"icmp ugt i64 {end}, {high.get()}")
        high.set(f.value(f"select i1 {above}, i64 {end}, i64 {high.get()}"))

    def answer(self, leaves: str) -> str:
        """Write what is to be done next."""
        f = self.function
        below = f.value(f"icmp uge i64 {self.read[0].get()}, {self.written[1].get()}")
        above = f.value(f"icmp uge i64 {self.written[0].get()}, {self.read[1].get()}")
        one = f.value(f"icmp eq i64 {leaves}, 1")
        aside = f.value(f"or i1 {below}, {above}")
        safe = f.value(f"or i1 {f.value(f'or i1 {one}, {aside}')}, {self.owning.get()}")
        large = f.value(f"icmp sgt i64 {self.total.get()}, {task.integer(f, SMALL)}")
        found = f.value(f"select i1 {large}, i64 {SHARE}, i64 0")
        found = f.value(f"select i1 {safe}, i64 {found}, i64 {VIEWS}")
        return f.value(f"select i1 {self.moved.get()}, i64 {MOVED}, i64 {found}")
