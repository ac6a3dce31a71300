"""Explicit coordinates as the judge of one-component algebra."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import coordinate, explicit
from derivations.algebra.symbols import U, X, beta, w
from derivations.proofs.proof import Step
from derivations.system.equations import hermosis_equations
from derivations.system.geometry import coordinate_equations


def in_coordinates(hamiltonian: sp.Expr, dimension: int) -> Step:
    """Compare the Hermosis equations of H with the Poisson matrix in explicit coordinates.

    >>> from derivations.algebra.components import norm2
    >>> in_coordinates(beta * sp.sqrt(norm2(X)), 2).holds
    True
    """
    equations = hermosis_equations(hamiltonian)
    rates = coordinate_equations(hamiltonian, dimension)
    pairs = [
        (explicit(equations.U, dimension), rates[U]),
        (explicit(equations.beta, dimension), rates[beta]),
    ]
    for index in range(dimension):
        for variable, rate in ((w, equations.w), (X, equations.X)):
            mine = explicit(rate, dimension, index)
            pairs.append((mine, rates[coordinate(variable, index)]))
    left, right = zip(*pairs, strict=True)
    return Step(
        f"explicit coordinates give the same, d = {dimension}",
        "the Poisson matrix applied to the gradient of H",
        sp.Matrix(left),
        sp.Matrix(right),
    )
