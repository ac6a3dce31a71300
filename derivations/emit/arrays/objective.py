"""A loss as code: LLVM source of one call, and NumPy source for one vector or many.

LLVM: `double @objective(ptr w, i64 size, ptr gradient)` writes the gradient and returns the value.
NumPy: `objective(w)` takes w of shape (…, n), and returns values of shape (…) and gradients.
"""

from __future__ import annotations

from typing import Literal

from derivations.algebra.components import is_component
from derivations.algebra.symbols import Component
from derivations.emit.arrays.infix import FUNCTIONS, Infix, indent
from derivations.emit.llvm.operations import Operations
from derivations.system.objective import Objective

#: NumPy's names; what is no ufunc of its own is written by others.
_UFUNCS = {name: f"np.{text}" for name, text in FUNCTIONS.items()}
numpy_text = Infix(_UFUNCS, "np.sqrt")


def llvm(objective: Objective, kind: Literal["double", "float"] = "double") -> str:
    """Write value and gradient as an LLVM function. Raises `BackendError`."""
    used: set[str] = set()
    operations = Operations(kind, used)
    for place, symbol in enumerate(objective.symbols):
        operations.lines += [
            f"%w.{place}.at = getelementptr {kind}, ptr %w, i64 {place}",
            f"%w.{place} = load {kind}, ptr %w.{place}.at",
        ]
        operations.known[symbol] = f"%w.{place}"
    parts, (value, *gradient) = objective.shared
    for symbol, part in parts:
        operations.assign(symbol, part)
    slopes = [operations.value(slope) for slope in gradient]
    result = operations.widened(operations.value(value))
    for place, slope in enumerate(slopes):
        at = f"%gradient.{place}.at"
        operations.lines.append(f"{at} = getelementptr {kind}, ptr %gradient, i64 {place}")
        operations.lines.append(f"store {kind} {slope}, ptr {at}")
    head = "define double @objective(ptr noalias %w, i64 %size, ptr noalias %gradient) nounwind {"
    body = [*indent(operations.lines), f"    ret double {result}", "}", "", *sorted(used)]
    return "\n".join([head, "start:", *body]) + "\n"


def numpy(objective: Objective) -> str:
    """Write value and gradient as a NumPy function, which keeps float32. Raises `BackendError`."""
    own = {symbol: Component(f"w_{c}") for c, symbol in enumerate(objective.symbols)}
    parts, (value, *gradient) = objective.shared
    own |= {part: Component(f"part_{k}") for k, (part, _) in enumerate(parts)}
    lines = [f"w_{c} = w[..., {c}]" for c in range(len(objective.symbols))]
    for symbol, part in parts:
        lines.append(f"{own[symbol].name} = {numpy_text(part.xreplace(own))}")
    lines.append("gradient = np.empty_like(w)")
    for c, slope in enumerate(gradient):
        lines.append(f"gradient[..., {c}] = {numpy_text(slope.xreplace(own))}")
    written = value.xreplace(own)
    text = numpy_text(written)
    full = text if is_component(written) else f"np.full(w.shape[:-1], {text}, w.dtype)"
    lines.append(f"return {full}, gradient")
    doc = '"""The loss as a function of w, of shape (…, n): its value and its gradient."""'
    return "\n".join([doc, "import numpy as np", "", "def objective(w):", *indent(lines)]) + "\n"
