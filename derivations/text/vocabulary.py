"""The words of an update's text: operations, comparisons and functions, and what they mean."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import sympy as sp

from derivations.algebra.components import Total
from derivations.algebra.matrices import SINGULAR_VALUE, Singular

OPERATIONS: dict[type[ast.AST], Callable[[Any, Any], sp.Expr]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}
COMPARISONS: dict[type[ast.AST], Callable[[Any, Any], sp.Basic]] = {
    ast.Gt: sp.StrictGreaterThan,
    ast.GtE: sp.GreaterThan,
    ast.Lt: sp.StrictLessThan,
    ast.LtE: sp.LessThan,
}
#: Each function that a text may call, with how many arguments it takes.
FUNCTIONS: dict[str, tuple[Callable[..., sp.Expr], int]] = {
    "sqrt": (sp.sqrt, 1),
    "exp": (sp.exp, 1),
    "log": (sp.log, 1),
    "abs": (sp.Abs, 1),
    "sign": (sp.sign, 1),
    "tanh": (sp.tanh, 1),
    "sinh": (sp.sinh, 1),
    "cosh": (sp.cosh, 1),
    "atan": (sp.atan, 1),
    "asinh": (sp.asinh, 1),
    "polar": (lambda x: Singular(sp.S.One, SINGULAR_VALUE, x), 1),
    "max": (sp.Max, 2),
    "min": (sp.Min, 2),
    "sum": (lambda x: Total(x), 1),
    "dot": (lambda x, y: Total(x * y), 2),
    "norm": (lambda x: sp.sqrt(Total(x**2)), 1),
    "where": (lambda test, x, y: sp.Piecewise((x, test), (y, True)), 3),
}
#: Those that make one number of an array.
SUMS = frozenset({"sum", "dot", "norm"})
