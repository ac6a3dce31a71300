r"""OneForm forms in one-component algebra: :math:`d` of an expression and :math:`\wedge`.

A form is a sum of products of functions with `OneForm` and `Wedge`, inside or outside a
`Total`; the rules of the exterior derivative (Leibniz, dd = 0, antisymmetry) are the classes'
own. The coupling Y = βX is then no more than a substitution.
"""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import Total, explicit
from derivations.algebra.notation import Notation, Y
from derivations.algebra.symbols import U, X, beta, w

#: The order in which the factors of a 2-form are written: masses, moments, then positions.
_ORDER = ("beta", "Y", "X", "U", "w")


class OneForm(Notation):
    """The differential dx of a coordinate; of an expression, by the chain rule.

    >>> OneForm(beta * X)
    X*OneForm(beta) + beta*OneForm(X)
    """

    nargs = 1

    @classmethod
    def eval(cls, expr: sp.Expr) -> sp.Expr | None:
        if expr.is_Symbol:
            return None
        names = sorted(expr.free_symbols, key=_rank)
        return sp.Add(*(sp.diff(expr, name) * cls(name) for name in names))


class Wedge(Notation):
    """The wedge product of two 1-forms: bilinear and antisymmetric.

    >>> Wedge(OneForm(w), beta * OneForm(X))
    -beta*Wedge(OneForm(X), OneForm(w))
    """

    nargs = 2

    @classmethod
    def eval(cls, left: sp.Expr, right: sp.Expr) -> sp.Expr | None:
        pairs = [(a, b) for a in _terms(left) for b in _terms(right)]
        if len(pairs) > 1:
            return sp.Add(*(f * g * cls(a, b) for (f, a), (g, b) in pairs))
        (f, a), (g, b) = pairs[0]
        if a == b:
            return sp.S.Zero
        if _rank(a.args[0]) > _rank(b.args[0]):
            return -f * g * cls(b, a)
        return None if f * g == 1 else f * g * cls(a, b)


def entropy_form() -> sp.Expr:
    """The 1-form ω = β dU + Σ Y dw, which is dS where an entropy exists.

    Source: Hermosis, Learning Dynamics, "Equilibrium".
    """
    return beta * OneForm(U) + Total(Y * OneForm(w))


def exterior(form: sp.Expr) -> sp.Expr:
    """The exterior derivative of a 1-form: d(f dx) = df ∧ dx.

    >>> exterior(beta * OneForm(U))
    Wedge(OneForm(beta), OneForm(U))
    """
    return sp.Add(*(_derived(term) for term in sp.Add.make_args(sp.expand(form))))


def couple(form: sp.Expr) -> sp.Expr:
    """Write a form in the energy moments, Y = βX: the pullback by the coupling."""
    return sp.expand(form.xreplace({OneForm(Y): OneForm(beta * X), Y: beta * X}).doit())


def matrix(form: sp.Expr, coordinates: tuple[sp.Symbol, ...]) -> sp.ImmutableMatrix:
    """Read the antisymmetric matrix of a 2-form off its terms, in explicit coordinates.

    >>> matrix(Wedge(OneForm(beta), OneForm(U)), (U, beta))
    Matrix([
    [0, -1],
    [1,  0]])
    """
    dimension = len(coordinates) // 2 - 1
    entries = sp.zeros(len(coordinates))
    for term in sp.Add.make_args(sp.expand(explicit(form, dimension))):
        (wedge,) = term.atoms(Wedge)
        row, column = (coordinates.index(one_form.args[0]) for one_form in wedge.args)
        entries[row, column] += term / wedge
        entries[column, row] -= term / wedge
    return sp.ImmutableMatrix(entries)


def _derived(term: sp.Expr) -> sp.Expr:
    for factor in sp.Mul.make_args(term):
        if isinstance(factor, Total):
            return Total(_derived(term / factor * factor.args[0]))
    ((function, differential),) = _terms(term)
    return Wedge(OneForm(function), differential)


def _terms(form: sp.Expr) -> list[tuple[sp.Expr, OneForm]]:
    """Split a 1-form into pairs of a function and the differential of a coordinate."""
    pairs = []
    for term in sp.Add.make_args(sp.expand(form)):
        (differential,) = (f for f in sp.Mul.make_args(term) if isinstance(f, OneForm))
        pairs.append((term / differential, differential))
    return pairs


def _rank(symbol: sp.Symbol) -> tuple[int, str]:
    letter = symbol.name.rstrip("0123456789")
    return (_ORDER.index(letter) if letter in _ORDER else len(_ORDER)), symbol.name
