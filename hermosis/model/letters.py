"""What the energies of a Hamiltonian are written with: units, sums, functions.

SymPy is imported when one of these names is first used.
"""

from __future__ import annotations

import importlib
from typing import Any

#: Units of information, action and energy, as symbols.
UNITS = ("k", "h", "c")
#: Sums over components.
SUMS = ("total", "norm2")
#: Functions of whole arrays, read as matrices.
ARRAYS = ("nuclear", "over_singular_values", "outer")
#: Limits of formulas, and the symbols of hyperparameters to take them in.
LIMITS = {"limit": "derivations.algebra.limits", "parameter": "derivations.algebra.symbols"}
#: Symbolic functions; SymPy knows them by the same names.
FUNCTIONS = (
    "sqrt", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh",
    "asin", "acos", "atan", "Abs", "sign", "Max", "Min", "Rational", "pi", "oo",
)  # fmt: skip
NAMES = (*UNITS, *SUMS, *ARRAYS, *LIMITS, *FUNCTIONS)


def load(name: str) -> Any:
    """Return a symbol, a sum or a symbolic function by name.

    >>> load("k")
    k
    """
    if name in UNITS:
        from derivations.algebra import symbols

        return getattr(symbols, name)
    if name in SUMS:
        from derivations.algebra import components

        return getattr(components, name)
    if name in ARRAYS:
        from derivations.algebra import arrays

        return getattr(arrays, name)
    if name in LIMITS:
        return getattr(importlib.import_module(LIMITS[name]), name)
    import sympy

    return getattr(sympy, name)
