"""Numba source: one loop for each phase, over flat arrays, compiled by `numba.njit`.

Scalars are computed in double precision and then rounded to the arrays' own, so that float32
stays float32; sums are kept in double precision.
"""

from __future__ import annotations

import sympy as sp

from derivations.algebra.symbols import Component
from derivations.emit.arrays import matrices as whole
from derivations.emit.arrays.infix import MATH, Hoist, Infix, indent, name, scalar_text
from derivations.emit.arrays.module import Kernel, module
from derivations.emit.program.program import Phase, Program

#: Reassociation and fused multiply-add are allowed; NaN and infinity keep their meaning.
FASTMATH = '{"contract", "reassoc", "nsz", "arcp"}'

_text = Infix(MATH | {"sign": "np.sign"}, "math.sqrt")


def write(program: Program) -> str:
    """Write a program as a Numba module with a function `step`.

    A rule with functions of matrices is NumPy code: LAPACK does its work, not loops.
    """
    if program.has_matrices:
        return whole.write(program)
    return module(
        program,
        kernel,
        imports=("import math", "", "import numba", "import numpy as np"),
        decorator=f'@numba.njit(fastmath={FASTMATH}, error_model="numpy")',
    )


def kernel(phase: Phase) -> Kernel:
    """Write the array work of one phase as a loop over its components."""
    hoist, body = Hoist(), []
    used: set[sp.Symbol] = set()
    for item in phase.work:
        value = hoist(item.value)
        used |= value.free_symbols
        is_local = item.target in phase.locals
        target = name(item.target) if is_local else f"{name(item.target)}[i]"
        body.append(
            f"{target} = {_entry(value, phase)}" + ("" if is_local else f"  # {item.label}")
        )
    for symbol, value in phase.totals:
        value = hoist(value)
        used |= value.free_symbols
        body.append(f"{symbol.name} += {_entry(value, phase)}")
    bare = sorted(used & set(phase.parameters), key=str)
    lines = [
        *hoist.lines(lambda value: f"w.dtype.type({scalar_text(value)})"),
        *(f"{name(x)} = w.dtype.type({name(x)})" for x in bare),
        *(f"{symbol.name} = 0.0" for symbol, _ in phase.totals),
        *(["for i in range(w.size):", *indent(body)] if body else []),
    ]
    return Kernel(tuple(lines))


def _entry(value: sp.Expr, phase: Phase) -> str:
    """Write a formula for component i of every array in it."""
    arrays = (x for x in value.free_symbols if isinstance(x, Component) and x not in phase.locals)
    return _text(value.xreplace({x: sp.Symbol(f"{name(x)}[i]", real=True) for x in arrays}))
