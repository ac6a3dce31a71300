"""What the energies of a Hamiltonian are written with: units, sums and symbolic functions.

SymPy is imported when one of these names is first used.
"""

from __future__ import annotations

from typing import Any

#: Units of information, action and energy, as symbols.
UNITS = ("k", "h", "c")
#: Sums over components.
SUMS = ("total", "norm2")
#: Symbolic functions; SymPy knows them by the same names.
FUNCTIONS = (
    "sqrt", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh",
    "asin", "acos", "atan", "Abs", "sign", "Max", "Min", "Rational", "pi",
)  # fmt: skip
NAMES = (*UNITS, *SUMS, *FUNCTIONS)


def load(name: str) -> Any:
    """Return a symbol, a sum or a symbolic function by name.

    >>> load("k")
    k
    """
    if name in UNITS:
        from derivations import symbols

        return getattr(symbols, name)
    if name in SUMS:
        from derivations import components

        return getattr(components, name)
    import sympy

    return getattr(sympy, name)
