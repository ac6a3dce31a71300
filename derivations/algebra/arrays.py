"""Functions of whole arrays that energies are written with: singular values, outer products."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from derivations.algebra.components import is_component
from derivations.algebra.expressions import exact_expression
from derivations.algebra.matrices import SINGULAR_VALUE, Outer, SingularTotal
from derivations.errors import NotScalarError


def over_singular_values(function: Callable[[sp.Symbol], sp.Expr], array: sp.Expr) -> sp.Expr:
    """Sum `function` over the singular values of the matrix that each array is.

    >>> from derivations.algebra.symbols import X
    >>> over_singular_values(lambda sigma: sigma**2 / 2, X)
    Total(X**2)/2
    """
    body = exact_expression(function(SINGULAR_VALUE), "function of a singular value")
    if is_component(body.xreplace({SINGULAR_VALUE: sp.S.One})):
        raise NotScalarError(
            f"the function of a singular value came out as {body}, which differs between "
            "components; write it with its argument and with parameters only"
        )
    return SingularTotal(body, SINGULAR_VALUE, _array(array))


def nuclear(array: sp.Expr) -> sp.Expr:
    """The sum of the singular values of the matrix that each array is: its nuclear norm."""
    return SingularTotal(SINGULAR_VALUE, SINGULAR_VALUE, _array(array))


def outer(first: sp.Expr, second: sp.Expr) -> sp.Expr:
    """The entry aᵢbⱼ of the outer product of two arrays, such as the gradient with itself."""
    return Outer(_array(first), _array(second))


def _array(expr: object) -> sp.Expr:
    found = exact_expression(expr, "array")
    if not is_component(found):
        raise NotScalarError(
            f"{found} is one number and no array; give an expression of X or G, outside any sum"
        )
    return found
