"""Functions of a symmetric matrix that is written out, by its eigenvalues."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from derivations.errors import EnergyError


def function_of_matrix(function: Callable[[sp.Expr], sp.Expr], matrix: sp.Matrix) -> sp.Matrix:
    """Apply a function to a symmetric 1×1 or 2×2 matrix, by its value at both eigenvalues.

    f(K) = [f(λ₁)(K − λ₂) − f(λ₂)(K − λ₁)]/(λ₁ − λ₂), which is Lagrange interpolation.

    >>> function_of_matrix(sp.sqrt, sp.Matrix([[5, 4], [4, 5]]))
    Matrix([
    [2, 1],
    [1, 2]])
    """
    if matrix.rows == 1:
        return sp.Matrix([[function(matrix[0])]])
    if matrix.rows > 2:
        raise EnergyError("a function of a full metric is written out in one or two dimensions")
    gap = sp.sqrt((matrix[0, 0] - matrix[1, 1]) ** 2 + 4 * matrix[0, 1] ** 2)
    high, low = ((matrix.trace() + sign * gap) / 2 for sign in (1, -1))
    if gap == 0:
        return function(high) * sp.eye(2)
    unit = sp.eye(2)
    return (function(high) * (matrix - low * unit) - function(low) * (matrix - high * unit)) / gap
