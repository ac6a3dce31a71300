r"""How functions of matrices are printed: :math:`K^{-1/2} X`, :math:`U f(\Sigma) V^\top`, norms.

Both printers of mathematics take from here what a function of a matrix is made of; the array
that it is applied to is written as a vector or matrix, in bold letters without an index.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.algebra.matrices import SINGULAR_VALUE, Entry, OfMatrix


class Whole(sp.Symbol):
    """A matrix that is written in one bold letter."""

    __slots__ = ()


#: The diagonal matrix of singular values, and the orthogonal matrices beside it.
SIGMA, LEFT, RIGHT = Whole("Sigma"), Whole("U"), Whole("V")


@dataclass(frozen=True)
class Applied:
    """A function of a matrix as it is written: D(K) to a power, or any f(K) as it stands."""

    base: sp.Expr
    exponent: sp.Expr

    @property
    def is_one(self) -> bool:
        """Whether the function is the constant one, which is not written."""
        return self.base == 1


def applied(node: OfMatrix) -> Applied:
    """Return what a function of a matrix is a power of.

    >>> from derivations.algebra.matrices import EIGENVALUE, Through
    >>> from derivations.algebra.symbols import X
    >>> applied(Through(1 / sp.sqrt(EIGENVALUE), EIGENVALUE, Entry("K"), X))
    Applied(base=K, exponent=-1/2)
    """
    of = SIGMA if node.args[1] == SINGULAR_VALUE else whole(node.args[2])
    value = node.body.xreplace({node.args[1]: of})
    if isinstance(value, sp.Pow):
        return Applied(*value.as_base_exp())
    top, bottom = sp.fraction(value)
    return (
        Applied(bottom, sp.S.NegativeOne) if top == 1 and bottom != 1 else Applied(value, sp.S.One)
    )


def whole(matrix: sp.Expr) -> sp.Expr:
    """Write the entries of a matrix as one letter each."""
    return matrix.xreplace({entry: Whole(entry.name) for entry in matrix.atoms(Entry)})


def of_sigma(node: OfMatrix) -> sp.Expr:
    """Write a function of a singular value as one of the letter σ."""
    return node.applied(sp.Symbol("sigma", positive=True))
