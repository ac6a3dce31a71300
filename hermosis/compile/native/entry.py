"""LLVM source of the way into a step: from Python's lists of arrays to tables of addresses.

One call reads the arrays where they are: it sees that each is an ndarray of the precision and of
the shape of its parameter, that it lies in one piece and may be written to, and that the gradient
shares no memory with what the step writes. What is not so is left to the careful path, which says
by name what is wrong, or copies. So no check is left out, and none takes time.

The offsets are those of NumPy's own header, `PyArrayObject_fields`, which every extension module
has compiled into it; `hermosis.compile.native.layout` sees that they hold.
"""

from __future__ import annotations

from dataclasses import dataclass

#: What a call returns: done, or why it did nothing. After LARGE and VIEWS the tables are filled;
#: VIEWS says that gradients and weights may share memory; UNDEFINED + k names the phase.
DONE, UNUSUAL, NOT_FINITE, LARGE, VIEWS, UNDEFINED = 0, 1, 2, 3, 4, 16
#: Numbers in a job; sums are added up job by job.
BLOCK = 1 << 13
#: The most numbers that one call works on by itself; more are shared among threads.
SMALL = 1 << 16
#: Words before the table of addresses: how many jobs there are, and numbers in all.
HEAD = 2
#: The arguments before the lists: the class of arrays, the precision, numbers, space, the limit.
LISTS = 4

_WRITEABLE, _READABLE = 0x501, 0x101
_OWNING = 0x4


@dataclass(frozen=True)
class Shape:
    """What the tables look like.

    `width` arrays in a row, with the gradient at the place `gradient`; numbers of `size` bytes; a
    Python object has a head of `head` bytes.
    """

    width: int
    gradient: int
    size: int
    head: int


def room(leaves: int, jobs: int, width: int, sums: int) -> int:
    """Return how many words the tables of a parameter set take."""
    return HEAD + leaves * width + jobs * (3 + sums)


def field(name: str, of: str, offset: int, kind: str = "ptr") -> list[str]:
    """Write a name for what stands at an offset in memory."""
    return [
        f"  %{name}.at = getelementptr i8, ptr %{of}, i64 {offset}",
        f"  %{name} = load {kind}, ptr %{name}.at",
    ]


def _all(name: str, conditions: list[str]) -> list[str]:
    """Write the conjunction of conditions under a name."""
    lines, last = [], conditions[0]
    for number, condition in enumerate(conditions[1:]):
        lines.append(f"  %{name}.{number} = and i1 {last}, {condition}")
        last = f"%{name}.{number}"
    return [*lines, f"  %{name} = and i1 {last}, true"]


def tables(shape: Shape, sums: int) -> str:
    """Write the function `@tables`, which fills them or says that something is unusual.

    `sums` is the most numbers that a job leaves behind.
    """
    width, gradient, head = shape.width, shape.gradient, shape.head
    every = range(width)
    lines = [
        "define internal i64 @tables(ptr %args, ptr %space, i64 %capacity) nounwind {",
        "start:",
    ]
    lines += [*field("class", "args", 0), *field("precision", "args", 8)]
    for a in every:
        lines += field(f"list{a}", "args", 8 * (LISTS + a))
        lines.append(f"  %length{a} = call i64 @PyList_Size(ptr %list{a})")
        lines.append(f"  %same{a} = icmp eq i64 %length{a}, %length0")
    lines += [
        *_all("alike", [f"%same{a}" for a in every]),
        f"  %rows = mul i64 %length0, {width}",
        f"  %jobs.place = add i64 %rows, {HEAD}",
        "  %jobs = getelementptr i64, ptr %space, i64 %jobs.place",
        "  %left = sub i64 %capacity, %jobs.place",
        "  %fits = icmp sge i64 %left, 0",
        "  %begin.well = and i1 %alike, %fits",
        "  br i1 %begin.well, label %leaf, label %unusual",
        "leaf:",
        "  %j = phi i64 [ 0, %start ], [ %j.next, %leaf.done ]",
        "  %job = phi i64 [ 0, %start ], [ %job.all, %leaf.done ]",
        "  %total = phi i64 [ 0, %start ], [ %total.next, %leaf.done ]",
        "  %owning = phi i1 [ true, %start ], [ %owning.next, %leaf.done ]",
        "  %low = phi i64 [ -1, %start ], [ %low.next, %leaf.done ]",
        "  %high = phi i64 [ 0, %start ], [ %high.next, %leaf.done ]",
        "  %low.g = phi i64 [ -1, %start ], [ %low.g.next, %leaf.done ]",
        "  %high.g = phi i64 [ 0, %start ], [ %high.g.next, %leaf.done ]",
        "  %more = icmp slt i64 %j, %length0",
        "  br i1 %more, label %objects, label %end",
        "objects:",
    ]
    for a in every:
        lines.append(f"  %o{a} = call ptr @PyList_GetItem(ptr %list{a}, i64 %j)")
        lines += field(f"class{a}", f"o{a}", head - 8)
        lines.append(f"  %array{a} = icmp eq ptr %class{a}, %class")
    lines += _all("arrays", [f"%array{a}" for a in every])
    lines += ["  br i1 %arrays, label %headers, label %unusual", "headers:"]
    for a in every:
        mask = _READABLE if a == gradient else _WRITEABLE
        lines += [
            *field(f"data{a}", f"o{a}", head, "i64"),
            *field(f"axes{a}", f"o{a}", head + 8, "i32"),
            *field(f"shape{a}", f"o{a}", head + 16),
            *field(f"kind{a}", f"o{a}", head + 40),
            *field(f"flags{a}", f"o{a}", head + 48, "i32"),
            f"  %precise{a} = icmp eq ptr %kind{a}, %precision",
            f"  %masked{a} = and i32 %flags{a}, {mask}",
            f"  %usable{a} = icmp eq i32 %masked{a}, {mask}",
            f"  %flat{a} = icmp eq i32 %axes{a}, %axes0",
            f"  %place{a} = add i64 %row, {a}" if a else f"  %row = mul i64 %j, {width}",
            *([] if a else ["  %place0 = add i64 %row, 0"]),
            f"  %slot{a} = add i64 %place{a}, {HEAD}",
            f"  %slot{a}.at = getelementptr i64, ptr %space, i64 %slot{a}",
            f"  store i64 %data{a}, ptr %slot{a}.at",
        ]
    conditions = [f"%{what}{a}" for a in every for what in ("precise", "usable", "flat")]
    lines += [
        *_all("usual", conditions),
        "  br i1 %usual, label %axis, label %unusual",
        "axis:",
        "  %d = phi i32 [ 0, %headers ], [ %d.next, %axis.good ]",
        "  %size = phi i64 [ 1, %headers ], [ %size.next, %axis.good ]",
        "  %d.more = icmp slt i32 %d, %axes0",
        "  br i1 %d.more, label %axis.work, label %sized",
        "axis.work:",
    ]
    for a in every:
        lines += [
            f"  %long{a}.at = getelementptr i64, ptr %shape{a}, i32 %d",
            f"  %long{a} = load i64, ptr %long{a}.at",
            f"  %equal{a} = icmp eq i64 %long{a}, %long0",
        ]
    lines += [
        *_all("shaped", [f"%equal{a}" for a in every]),
        "  br i1 %shaped, label %axis.good, label %unusual",
        "axis.good:",
        "  %d.next = add i32 %d, 1",
        "  %size.next = mul i64 %size, %long0",
        "  br label %axis",
        "sized:",
        f"  %bytes = mul i64 %size, {shape.size}",
        "  %total.next = add i64 %total, %size",
    ]
    lines += _apart(width, gradient)
    lines += [
        "  br i1 %apart, label %cut, label %unusual",
        "cut:",
        "  %begin = phi i64 [ 0, %sized ], [ %begin.next, %cut.work ]",
        "  %job.all = phi i64 [ %job, %sized ], [ %job.next, %cut.work ]",
        "  %rest = sub i64 %size, %begin",
        "  %cuts = icmp sgt i64 %rest, 0",
        "  br i1 %cuts, label %cut.room, label %leaf.done",
        "cut.room:",
        "  %job.place = mul i64 %job.all, 3",
        "  %job.next = add i64 %job.all, 1",
        f"  %job.end = mul i64 %job.next, {3 + sums}",
        "  %job.fits = icmp sle i64 %job.end, %left",
        "  br i1 %job.fits, label %cut.work, label %unusual",
        "cut.work:",
        "  %job.at = getelementptr i64, ptr %jobs, i64 %job.place",
        "  store i64 %j, ptr %job.at",
        "  %begin.at = getelementptr i64, ptr %job.at, i64 1",
        "  store i64 %begin, ptr %begin.at",
        f"  %count = call i64 @llvm.smin.i64(i64 %rest, i64 {BLOCK})",
        "  %count.at = getelementptr i64, ptr %job.at, i64 2",
        "  store i64 %count, ptr %count.at",
        "  %begin.next = add i64 %begin, %count",
        "  br label %cut",
        "leaf.done:",
        "  %j.next = add i64 %j, 1",
        "  br label %leaf",
        "end:",
        "  store i64 %job, ptr %space",
        "  %total.at = getelementptr i64, ptr %space, i64 1",
        "  store i64 %total, ptr %total.at",
        "  %below = icmp uge i64 %low.g, %high",
        "  %above = icmp uge i64 %low, %high.g",
        "  %aside = or i1 %below, %above",
        "  %one = icmp eq i64 %length0, 1",
        "  %safe.many = or i1 %owning, %aside",
        "  %safe = or i1 %one, %safe.many",
        f"  %status = select i1 %safe, i64 {DONE}, i64 {VIEWS}",
        "  ret i64 %status",
        "unusual:",
        f"  ret i64 {UNUSUAL}",
        "}",
        "declare i64 @PyList_Size(ptr)",
        "declare ptr @PyList_GetItem(ptr, i64)",
        "declare i64 @llvm.smin.i64(i64, i64)",
        "declare i64 @llvm.umin.i64(i64, i64)",
        "declare i64 @llvm.umax.i64(i64, i64)",
    ]
    return "\n".join(lines)


def _apart(width: int, gradient: int) -> list[str]:
    """Write whether a gradient lies apart from what is written, and keep the bounds of both."""
    lines = [f"  %end{a} = add i64 %data{a}, %bytes" for a in range(width)]
    apart = []
    for a in range(width):
        if a == gradient:
            continue
        lines += [
            f"  %before{a} = icmp ule i64 %end{gradient}, %data{a}",
            f"  %after{a} = icmp ule i64 %end{a}, %data{gradient}",
            f"  %apart{a} = or i1 %before{a}, %after{a}",
        ]
        apart.append(f"%apart{a}")
    owners = [f"%own{a}" for a in (0, gradient)]
    for a in (0, gradient):
        lines.append(f"  %owns{a} = and i32 %flags{a}, {_OWNING}")
        lines.append(f"  %own{a} = icmp ne i32 %owns{a}, 0")
    lines += [
        *_all("apart", apart),
        *_all("owners", owners),
        "  %owning.next = and i1 %owning, %owners",
        "  %low.next = call i64 @llvm.umin.i64(i64 %low, i64 %data0)",
        "  %high.next = call i64 @llvm.umax.i64(i64 %high, i64 %end0)",
        f"  %low.g.next = call i64 @llvm.umin.i64(i64 %low.g, i64 %data{gradient})",
        f"  %high.g.next = call i64 @llvm.umax.i64(i64 %high.g, i64 %end{gradient})",
    ]
    return lines
