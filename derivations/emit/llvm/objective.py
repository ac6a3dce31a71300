"""A loss as LLVM source of one call, which writes the gradient and returns the value."""

from __future__ import annotations

from typing import Literal

from derivations.emit.llvm.builder import Function
from derivations.emit.llvm.operations import Operations
from derivations.system.objective import Objective


def write(objective: Objective, kind: Literal["double", "float"] = "double") -> str:
    """Write `double objective(w, size, gradient)`. Raises `BackendError`."""
    given = ["ptr noalias %w", "i64 %size", "ptr noalias %gradient"]
    f = Function("objective", given, "double")
    used: set[str] = set()
    operations = Operations(kind, used, f)
    for place, symbol in enumerate(objective.symbols):
        operations.known[symbol] = f.load(kind, "%w", place)
    parts, (value, *gradient) = objective.shared
    for symbol, part in parts:
        operations.assign(symbol, part)
    slopes = [operations.value(slope) for slope in gradient]
    found = operations.value(value)
    for place, slope in enumerate(slopes):
        f.store(kind, slope, "%gradient", place)
    f.leave(found if kind == "double" else f.value(f"fpext float {found} to double"))
    return "\n\n".join([f.text(), "\n".join(sorted(used))]) + "\n"
