"""Numba source: one loop for each phase, over flat arrays, compiled by `numba.njit`.

Scalars are computed in double precision and then rounded to the arrays' own, so that float32
stays float32; sums are kept in double precision.
"""

from __future__ import annotations

import sympy as sp

from derivations.algebra.symbols import Component
from derivations.emit.arrays import matrices
from derivations.emit.arrays.infix import MATH, Hoist, Infix, indent, scalar_text
from derivations.emit.arrays.module import Kernel, Language, module
from derivations.emit.program.names import is_internal, name
from derivations.emit.program.phase import Phase, Take
from derivations.emit.program.program import Program

#: Reassociation and fused multiply-add are allowed; NaN and infinity keep their meaning.
FASTMATH = '{"contract", "reassoc", "nsz", "arcp"}'


def write(program: Program, gauge: Program | None = None) -> str:
    """Write a program as a Numba module with a function `step`."""
    return module(program, language(program, gauge), gauge)


def language(program: Program, gauge: Program | None = None) -> Language:
    """Return how a program is written: as loops, or as NumPy code where LAPACK does the work."""
    if program.has_matrices:
        return matrices.language(program, gauge)
    return Language(
        kernel,
        imports=("import math", "", "import numba", "import numpy as np"),
        decorator=f'@numba.njit(fastmath={FASTMATH}, error_model="numpy")',
    )


def kernel(phase: Phase) -> Kernel:
    """Write the array work of one phase as a loop over its components."""
    hoist, body = Hoist(), []
    values = [hoist(item.value) for item in phase.work]
    for item, value in zip(phase.work, values, strict=True):
        text = _entry(value)
        if isinstance(item, Take):
            body += _taken(item, text)
        else:
            body.append(f"{_entry(item.target)} = {text}  # {item.label}")
    used = set[sp.Symbol]().union(*(value.free_symbols for value in values))
    bare = sorted(used & set(phase.parameters), key=str)
    lines = [
        *hoist.lines(lambda value: f"w.dtype.type({scalar_text(value)})"),
        *(f"{name(x)} = w.dtype.type({name(x)})" for x in bare),
        *(f"{part} = 0.0" for take in phase.takes for part in _parts(take)),
        *(["for i in range(w.size):", *indent(body)] if body else []),
        *(line for take in phase.takes if take.norm for line in _rooted(take)),
    ]
    return Kernel(tuple(lines))


def _taken(item: Take, text: str) -> list[str]:
    """Write what a component adds to a sum; to a norm, its square on three scales."""
    middle, *others = _parts(item)
    if not item.norm:
        return [f"{middle} += {text}"]
    low, high = others
    return [
        f"{middle}_term = float({text})",
        f"{middle} += {middle}_term * {middle}_term",
        f"{low} += (2.0**-537 * {middle}_term) ** 2",
        f"{high} += (2.0**537 * {middle}_term) ** 2",
    ]


def _rooted(item: Take) -> list[str]:
    """Write a norm from the sums of squares: from that in which nothing was lost."""
    middle, low, high = _parts(item)
    return [
        f"if 2.0**-900 < {middle} < 2.0**1000:",
        f"    {middle} = math.sqrt({middle})",
        f"elif {middle} < 1.0:",
        f"    {middle} = 2.0**-537 * math.sqrt({high})",
        "else:",
        f"    {middle} = 2.0**537 * math.sqrt({low})",
    ]


def _parts(item: Take) -> list[str]:
    called = name(item.target)
    return [called, f"{called}_low", f"{called}_high"] if item.norm else [called]


def _symbol(symbol: sp.Symbol) -> str:
    """Write component i of an array, and a number as it is."""
    is_array = isinstance(symbol, Component) and not is_internal(symbol)
    return f"{name(symbol)}[i]" if is_array else name(symbol)


_entry = Infix(MATH | {"sign": "np.sign"}, "math.sqrt", _symbol)
