"""Signs that a derivation writes but does not compute with: rates, partial derivatives, brackets.

Each is a SymPy function of the letters it is about, so that a displayed equation is one SymPy
object from end to end, and so that sums and coordinates reach inside it.
"""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import Total
from derivations.algebra.symbols import Component, U, X, beta, w


class Notation(sp.Function):
    """A real quantity that is written, and replaced by what it stands for when checked."""

    def _eval_is_real(self) -> bool:
        return True


class Rate(Notation):
    """The rate of change dx/dt, written with a dot."""

    nargs = 1


class Partial(Notation):
    """The partial derivative ∂f/∂x of a function that is named but not given.

    >>> from derivations.algebra.components import Total
    >>> from derivations.algebra.symbols import X, beta
    >>> Total(beta * X * Partial(H, X))
    beta*Total(X*Partial(H, X))
    """

    nargs = 2


class At(Notation):
    """The value x(t) of a letter at a time."""

    nargs = 2


class Bracket(Notation):
    """The Poisson bracket {f, g}."""

    nargs = 2


class Determinant(Notation):
    """The determinant of a matrix that is named but not written out."""

    nargs = 1


#: A Hamiltonian that is named but not given, and the entropy.
H, S = sp.symbols("H S", real=True)
#: One component of the entropic moments, the force, the velocity and the impulse.
Y, F, v, I = Component("Y"), Component("F"), Component("v"), Component("I")  # noqa: E741


class AnyEnergy(sp.Function):
    """Any Hamiltonian H(w, X, U, β): its derivatives are the partial derivatives by name."""

    nargs = 4

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return Partial(H, (w, X, U, beta)[argindex - 1])


def any_energy() -> sp.Expr:
    """Return the general Hamiltonian, in one-component algebra.

    >>> sp.diff(any_energy(), X)
    Partial(H, X)
    """
    return AnyEnergy(Total(w), Total(X), U, beta)
