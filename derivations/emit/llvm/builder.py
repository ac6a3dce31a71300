"""A small builder of LLVM text: functions of blocks, with names that it gives itself.

Results of operations, blocks and variables are numbered, so that no two share a name, and none is
a name from outside. What changes in a loop is a variable in memory; LLVM keeps it in registers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    """A number that changes: where it is kept, and of what kind it is."""

    function: Function
    kind: str
    place: str

    def get(self) -> str:
        """Read it."""
        return self.function.load(self.kind, self.place)

    def set(self, value: str) -> None:
        """Write it."""
        self.function.store(self.kind, value, self.place)


class Function:
    """One function, written from the top down.

    Parameters
    ----------
    name : without the sign before it.
    arguments : their kinds and names, such as "ptr noalias %sums".
    returns : the kind of the result.
    attributes : what LLVM may take for granted; `internal` functions are called in the module only.

    >>> double = Function("double", ["i64 %x"], "i64")
    >>> double.leave(double.value("add i64 %x, %x"))
    >>> print(double.text())
    define i64 @double(i64 %x) nounwind {
    b0:
      %v1 = add i64 %x, %x
      ret i64 %v1
    }
    """

    def __init__(
        self,
        name: str,
        arguments: Sequence[str] = (),
        returns: str = "void",
        attributes: str = "nounwind",
        internal: bool = False,
    ) -> None:
        linkage = "internal " if internal else ""
        self.head = f"define {linkage}{returns} @{name}({', '.join(arguments)}) {attributes} {{"
        self.returns = returns
        self.variables: list[str] = []
        self.lines: list[str] = []
        self.count = 0
        self.block = self.label()
        self.open = True

    def label(self) -> str:
        """Return the name of a block that is still to come."""
        self.count += 1
        return f"b{self.count - 1}"

    def begin(self, block: str) -> None:
        """Go on in a block, to which an open one leads."""
        self.jump(block)
        self.lines.append(f"{block}:")
        self.block, self.open = block, True

    def do(self, text: str) -> None:
        """Append an operation without a result."""
        self.lines.append(f"  {text}")

    def note(self, text: str) -> None:
        """Append a comment, on one line."""
        self.do("; " + " ".join(text.split()))

    def value(self, text: str) -> str:
        """Append an operation, and return the name of its result."""
        self.count += 1
        self.do(f"%v{self.count - 1} = {text}")
        return f"%v{self.count - 1}"

    def variable(self, kind: str, initial: str) -> Variable:
        """Return a variable with a first value."""
        self.count += 1
        place = f"%v{self.count - 1}"
        self.variables.append(f"  {place} = alloca {kind}")
        made = Variable(self, kind, place)
        made.set(initial)
        return made

    def at(self, kind: str, pointer: str, place: str | int) -> str:
        """Return where the item number `place` of an array is."""
        return self.value(f"getelementptr {kind}, ptr {pointer}, i64 {place}")

    def load(self, kind: str, pointer: str, place: str | int = 0, ending: str = "") -> str:
        """Return an item of an array."""
        at = pointer if place == 0 else self.at(kind, pointer, place)
        return self.value(f"load {kind}, ptr {at}{ending}")

    def store(
        self, kind: str, value: str, pointer: str, place: str | int = 0, ending: str = ""
    ) -> None:
        """Write an item of an array."""
        at = pointer if place == 0 else self.at(kind, pointer, place)
        self.do(f"store {kind} {value}, ptr {at}{ending}")

    def field(self, kind: str, pointer: str, offset: int) -> str:
        """Return what stands so many bytes behind a pointer."""
        return self.load(kind, self.at("i8", pointer, offset))

    def call(self, function: str, arguments: Sequence[str] = (), returns: str = "void") -> str:
        """Call a function, and return the name of its result; nothing for none."""
        text = f"call {returns} {function}({', '.join(arguments)})"
        if returns == "void":
            self.do(text)
            return ""
        return self.value(text)

    def jump(self, block: str) -> None:
        """End this block, if it is open, with a jump."""
        if self.open:
            self.do(f"br label %{block}")
        self.open = False

    def branch(self, condition: str, yes: str, no: str) -> None:
        """End this block with a choice."""
        self.do(f"br i1 {condition}, label %{yes}, label %{no}")
        self.open = False

    def leave(self, value: str = "") -> None:
        """Return from the function."""
        self.do(f"ret {self.returns} {value}".rstrip())
        self.open = False

    @contextmanager
    def when(self, condition: str) -> Iterator[None]:
        """Write what is done under a condition alone."""
        inside, after = self.label(), self.label()
        self.branch(condition, inside, after)
        self.begin(inside)
        yield
        self.begin(after)

    @contextmanager
    def loop(self, count: str, first: str = "0", step: int = 1, ending: str = "") -> Iterator[str]:
        """Write a loop, and give the number of its turn: from `first`, as long as below `count`."""
        head, body, latch, after = (self.label() for _ in range(4))
        before = self.block
        self.begin(head)
        turn, following = f"%{head}.turn", f"%{head}.next"
        self.do(f"{turn} = phi i64 [ {first}, %{before} ], [ {following}, %{latch} ]")
        self.branch(self.value(f"icmp slt i64 {turn}, {count}"), body, after)
        self.begin(body)
        yield turn
        self.begin(latch)
        self.do(f"{following} = add nuw nsw i64 {turn}, {step}")
        self.do(f"br label %{head}{ending}")
        self.open = False
        self.begin(after)

    def all(self, conditions: Sequence[str]) -> str:
        """Return the conjunction of conditions."""
        found, *others = conditions or ["true"]
        for other in others:
            found = self.value(f"and i1 {found}, {other}")
        return found

    def text(self) -> str:
        """Return the function as text."""
        return "\n".join([self.head, "b0:", *self.variables, *self.lines, "}"])
