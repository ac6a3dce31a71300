"""A check that a metric is positive, at averages that gradients can really make."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING, Any

from hermosis.errors import MetricNotPositiveError

if TYPE_CHECKING:
    import sympy as sp

    from derivations.algebra.symbols import Component
    from derivations.system.metric import Metric

#: Gradients and moments that the averages are taken over, two at a time.
_GRADIENTS, _MOMENTS = (-30.0, -1.0, 1e-3, 0.5, 2.0, 100.0), (-1.0, 0.25, 20.0)


#: Eigenvalues of a full covariance.
_EIGENVALUES = (1e-8, 1e-3, 1.0, 1e4)


def check_positive(name: str, metric: Metric, numbers: dict[str, Any]) -> None:
    """Refuse a metric that is zero, negative or complex somewhere, and say where.

    Raises `MetricNotPositiveError`.
    """
    from derivations.algebra.symbols import beta, beta_g, parameter

    values = {parameter(key): _number(value) for key, value in numbers.items()}
    values[beta_g] = values[beta] = 3.0
    tensor = metric.tensor.xreplace(values)
    for point in _points(metric, values):
        g = complex(tensor.xreplace(point).evalf())
        if not (abs(g.imag) <= 1e-9 * abs(g) and g.real > 0):
            where = ", ".join(f"{symbol} = {float(value):g}" for symbol, value in point.items())
            raise MetricNotPositiveError(
                f"the metric of {name}, g = {metric.tensor}, is {g.real if not g.imag else g:g} at "
                f"{where}; a metric must be positive in every component: write it as a root of an "
                "average of squares, with a small positive number added"
            )


def _points(metric: Metric, values: dict[sp.Symbol, float]) -> Iterator[dict[Component, sp.Expr]]:
    """Yield moments that are averages over two gradients and two momenta."""
    from derivations.algebra.matrices import EIGENVALUE
    from derivations.algebra.symbols import G, X, w

    if metric.matrix is not None:  # a covariance has no negative eigenvalue
        yield from ({EIGENVALUE: eigenvalue} for eigenvalue in _EIGENVALUES)
        return
    for (first, second), moment in product(product(_GRADIENTS, repeat=2), _MOMENTS):
        if first == second:
            continue
        at = [{G: slope, X: moment, w: 1.0} | values for slope in (first, second)]
        point: dict[Component, Any] = {
            symbol: (_at(drive, at[0]) + _at(drive, at[1])) / 2 for symbol, drive in metric.averages
        }
        filled = point | values
        yield point | {symbol: _at(value, filled) for symbol, value in metric.records}


def _at(expr: sp.Expr, values: dict[Any, Any]) -> sp.Expr:
    """Return the value of an expression; what belongs to the rest of the system counts as one."""
    from sympy import sympify

    from derivations.algebra.components import Total

    known = sympify(expr.xreplace(values)).replace(Total, lambda summand: summand)
    return known.xreplace(dict.fromkeys(known.free_symbols, 1.0))


def _number(value: Any) -> float:
    """Return one number of a hyperparameter that may be given for each branch of a set."""
    while isinstance(value, (dict, list, tuple)):
        value = next(iter(value.values() if isinstance(value, dict) else value))
    import numpy as np

    return float(np.max(value))
