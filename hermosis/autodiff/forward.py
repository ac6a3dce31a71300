"""Forward mode: a value together with its change, which goes through every operation with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hermosis.autodiff.op import CONSTANT, Op, Traced, Value
from hermosis.autodiff.operators import Operable


class Dual(Operable):
    """A value and its tangent: how it changes with what is varied at its level."""

    __slots__ = ("inner", "level", "tangent")

    def __init__(self, inner: Value, tangent: Value, level: int) -> None:
        self.inner, self.tangent, self.level = inner, tangent, level

    def apply(self, op: Op, inputs: Sequence[Value], options: dict[str, Any]) -> Value:
        """Apply an operation to the values, and add up what each tangent does to the result."""
        level = self.level
        varied = [isinstance(x, Dual) and x.level == level for x in inputs]
        values = [
            x.inner if varies or (isinstance(x, Traced) and x.level == CONSTANT) else x
            for x, varies in zip(inputs, varied, strict=True)
        ]
        out, change = op(*values, **options), None
        for place, varies in enumerate(varied):
            if varies:
                part = op.pushes[place](inputs[place].tangent, out, *values, **options)
                change = part if change is None else change + part
        return Dual(out, change, level)

    def __repr__(self) -> str:
        return f"Dual({self.inner!r}, {self.tangent!r})"
