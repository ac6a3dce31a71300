"""Calls of NumPy's ufuncs, one to a line, and what a formula must be for them to work in place."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.algebra.symbols import Component
from derivations.emit.mathematics.layout import is_negative

#: What is shorter, and faster, as an operator that works in place.
OPERATORS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}


@dataclass(frozen=True)
class Operand:
    """Where a value is: an array, a scalar's text, or a temporary array that may be reused."""

    text: str
    temporary: bool = False


@dataclass(frozen=True)
class Call:
    """One line: a ufunc call, or plain text where `ufunc` is empty."""

    ufunc: str
    operands: tuple[str, ...]
    out: str
    note: str = ""
    mask: str = ""

    @property
    def text(self) -> str:
        if not self.ufunc:
            return self.operands[0]
        if self.mask:
            given = (self.out, *self.operands) if self.ufunc == "copyto" else self.operands
            end = "" if self.ufunc == "copyto" else f", out={self.out}"
            return f"np.{self.ufunc}({', '.join(given)}{end}, where={self.mask})"
        line = f"np.{self.ufunc}({', '.join(self.operands)}, out={self.out})"
        if self.ufunc in OPERATORS and self.operands[0] == self.out:
            line = f"{self.out} {OPERATORS[self.ufunc]}= {self.operands[1]}"
        if self.ufunc == "copyto":
            line = f"np.copyto({self.out}, {self.operands[0]})"
        return f"{line}  # {self.note}" if self.note else line


def spread(value: sp.Expr, target: sp.Symbol) -> sp.Expr:
    """Multiply a number into a sum that has the target as a term, which then changes in place."""
    common, own = value.as_independent(*value.atoms(Component), as_Add=False)
    if not own.is_Add or linear_in(own, target)[0] is None:
        return value
    return sp.Add(*(common * term for term in own.args))


def pair_of(value: sp.Expr) -> list[sp.Expr] | None:
    """Return two arrays whose product a value is; BLAS sums it faster than it is written down."""
    base, exponent = value.as_base_exp()
    arrays = [base, base] if exponent == 2 else list(sp.Mul.make_args(value))
    return arrays if len(arrays) == 2 and all(isinstance(x, Component) for x in arrays) else None


def linear_in(value: sp.Expr, target: sp.Symbol) -> tuple[sp.Expr | None, list[sp.Expr]]:
    """Split `factor * target + others`; the factor is None where the others need the target."""
    factor, others = sp.S.Zero, []
    for term in sp.Add.make_args(value):
        scalar, own = term.as_independent(*term.atoms(Component), as_Add=False)
        if own == target:
            factor += scalar
        elif term.has(target):
            return None, []
        else:
            others.append(term)
    if factor == 0:
        return None, []
    return factor, sorted(others, key=lambda term: (is_negative(term), sp.default_sort_key(term)))
