"""A loss as NumPy source: `objective(w)` takes w of shape (…, n), one vector or many.

It returns values of shape (…) and gradients.
"""

from __future__ import annotations

from derivations.algebra.components import is_component
from derivations.algebra.symbols import Component
from derivations.emit.arrays.infix import FUNCTIONS, Infix, indent
from derivations.system.objective import Objective

#: NumPy's names; what is no ufunc of its own is written by others.
_UFUNCS = {name: f"np.{text}" for name, text in FUNCTIONS.items()}
numpy_text = Infix(_UFUNCS, "np.sqrt")


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
