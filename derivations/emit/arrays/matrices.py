"""NumPy source of rules with functions of matrices: whole arrays, assigned in place.

LAPACK does the work, so that there is nothing for a loop to gain. In a parameter set each array
has its own matrices; a sum over components is one over the whole set.
"""

from __future__ import annotations

from derivations.algebra.components import is_component
from derivations.emit.arrays.functional import NORM, Language, array_lines
from derivations.emit.arrays.infix import MATH, Hoist, Infix
from derivations.emit.arrays.module import Kernel
from derivations.emit.arrays.module import Language as InPlace
from derivations.emit.arrays.prelude import NUMPY_NORM, prelude
from derivations.emit.program.names import name
from derivations.emit.program.phase import Assign, Phase
from derivations.emit.program.program import Program

LANGUAGE = Language(
    imports=("import math", "", "import numpy as np"),
    package="np",
    scalars=Infix(MATH, "math.sqrt"),
    size="w.size",
    total="float(np.sum({}, dtype=np.float64))",
    helpers={NORM: NUMPY_NORM},
)


def language(program: Program, gauge: Program | None = None) -> InPlace:
    """Return how a program is written."""
    phases = [*program.phases, *(gauge.phases if gauge else ())]
    lines = [line for phase in phases for line in kernel(phase).lines]
    helpers = (*prelude(program, "np"), *LANGUAGE.called(lines))
    return InPlace(kernel, LANGUAGE.imports, helpers)


def kernel(phase: Phase) -> Kernel:
    """Write the array work of one phase."""

    def in_place(item: Assign, text: str) -> str:
        if item.target not in phase.locals:
            return f"{name(item.target)}[...] = {text}"
        if item.value.is_Symbol:  # an old value, before it is written over
            text += ".copy()"
        elif not is_component(item.value):
            text = f"np.full_like(w, {text})"
        return f"{name(item.target)} = {text}"

    return Kernel(tuple(array_lines(phase, LANGUAGE, Hoist(), in_place)))
