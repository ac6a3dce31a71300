"""Names in generated code: a space of their own for its own values, which no user's name enters.

In a program, what is no symbol of the rule has a space in its name, which no identifier has. In
code such a name begins with an underscore and does not end in one; a user's name that begins with
an underscore, or that the code uses itself, gets an underscore at its end.
"""

from __future__ import annotations

import builtins
import keyword
import re

import sympy as sp

from derivations.algebra.matrices import Spectral
from derivations.algebra.symbols import G, Noise, X, w

#: What a program's own values are: sums, parts computed once, old values, factors, gradients.
TOTAL, PART, OLD, FACTOR, SLOPE = "total", "part", "old", "factor", "slope"

#: What generated code of some language calls by name, besides Python's own words.
_USED = re.compile(
    r"w|X|gradient|np|jnp|math|numba|torch|i|evaluate|step|kind|gauge|eigenvalue|singular_value"
    r"|(noise|work|phase|phase_scalars|gauge_scalars|factors)(_\d+)?"
)
_PYTHON = frozenset((*keyword.kwlist, *keyword.softkwlist, *dir(builtins)))
_THEORY = {w: "w", X: "X", G: "gradient"}


def internal(kind: str, mark: int | str = "") -> str:
    """Return the name of a value that belongs to the program alone."""
    return f"{mark} {OLD}" if kind == OLD else f"{kind} {mark}"


def is_internal(symbol: sp.Symbol) -> bool:
    """Tell whether a symbol is a value of the program, and none of its rule."""
    return " " in symbol.name


def is_old(symbol: sp.Symbol) -> bool:
    """Tell whether a symbol is the value of another before it was assigned."""
    return bool(symbol.name.endswith(f" {OLD}"))


def name(symbol: sp.Symbol) -> str:
    """Return a symbol's name in code.

    >>> from derivations.algebra.symbols import parameter
    >>> [name(parameter(text)) for text in ("lr", "np", "np_", "_total_1")], name(G)
    (['lr', 'np_', 'np__', '_total_1_'], 'gradient')
    >>> name(sp.Symbol(internal(TOTAL, 1)))
    '_total_1'
    """
    if symbol in _THEORY:
        return _THEORY[symbol]
    if isinstance(symbol, (Noise, Spectral)):
        return str(symbol.name)
    if is_internal(symbol):
        return "_" + "_".join(symbol.name.split())
    return in_code(symbol.name)


def in_code(text: str) -> str:
    """Return what a user's name is called in code."""
    plain = text.rstrip("_")
    taken = text.startswith("_") or plain in _PYTHON or _USED.fullmatch(plain)
    return text + "_" if taken else text
