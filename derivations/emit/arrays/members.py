"""NumPy source of a step for many runs at once: the last axis is a run's components.

It says what `derivations.emit.llvm.ensemble` computes, with a new array for every formula. Numbers
may be arrays of shape (members, 1), one for each run. What is computed wider than the weights are
is rounded to their precision at each assignment.
"""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import is_component
from derivations.algebra.symbols import Component, w
from derivations.emit.arrays.infix import indent
from derivations.emit.arrays.module import arrays, title
from derivations.emit.arrays.objective import numpy_text
from derivations.emit.program.names import name
from derivations.emit.program.phase import Phase, Take
from derivations.emit.program.program import program
from derivations.step.rule import Rule

_NORM = (
    "def _norm(array):",
    '    """Return the Euclidean length of each run, squaring nothing too large or too small."""',
    "    largest = np.max(np.abs(array), axis=-1, keepdims=True)",
    "    scale = np.where((largest > 0) & (largest < np.inf), largest, 1)",
    "    return scale * np.sqrt(np.sum((array / scale) ** 2, axis=-1, keepdims=True))",
)


def write(rule: Rule) -> str:
    """Write `step(evaluate, w, …, gradient, …)`, which returns the arrays after a step.

    `evaluate(w)` returns the gradient where it is due in mid-step.
    """
    own = [name(x) for x in (w, *rule.states)]
    head = ", ".join(["evaluate", *arrays(rule, ()), *map(name, rule.parameters)])
    lines = ["kind = w.dtype"]
    for phase in program(rule).phases:
        lines += _phase(phase)
    lines.append(f"return {', '.join([*own, 'gradient'])}")
    doc = f'"""Many runs. {title(rule)}"""'
    opened = [doc, "import numpy as np", "", *_NORM, "", f"def step({head}):"]
    return "\n".join([*opened, *indent(lines)]) + "\n"


def _phase(phase: Phase) -> list[str]:
    lines = ["gradient = evaluate(w)"] if phase.evaluates else []
    for item in phase.work:
        text = _array(item.value)
        if not isinstance(item, Take):
            lines.append(f"{name(item.target)} = ({text}).astype(kind)  # {item.label}")
        elif item.norm:
            lines.append(f"{name(item.target)} = _norm({text})")
        else:
            lines.append(f"{name(item.target)} = np.sum({text}, axis=-1, keepdims=True)")
    return lines


def _array(value: sp.Expr) -> str:
    """Write a formula, as an array even where all components have the same value."""
    text = numpy_text(value)
    if is_component(value) and any(isinstance(x, Component) for x in value.free_symbols):
        return text
    return f"np.zeros_like(w) + {text}"
