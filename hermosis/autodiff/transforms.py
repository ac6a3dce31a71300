"""Derivatives of functions: each takes a function, and returns one.

All differentiate in the first argument, a parameter set: an array, a number, or a nested list,
tuple or dict of arrays. Further arguments are constants. The function is written with the
operations of `hermosis.autodiff`, with operators, or with NumPy's functions of the same names. All
can be nested: each begins at a level of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hermosis.autodiff.run import Run, pushed
from hermosis.errors import UntracedError, missing_gradient
from hermosis.run.parameters import ParameterSet

Function = Callable[..., Any]


def value_and_grad(fun: Function) -> Callable[..., tuple[Any, ParameterSet]]:
    """Return a function that returns a loss and its gradient.

    Parameters
    ----------
    fun : `fun(w, *rest, **options)`, a number.

    Returns
    -------
    A function of the same arguments; the gradient has the structure and the precision of w.

    Raises `SeedError` where the loss is not a number, `IntegerParameterError` for a w of integers,
    `ShapeError` for shapes that do not fit.

    >>> import numpy as np
    >>> value, slope = value_and_grad(lambda w: np.sum(w["x"] ** 2) * 2)({"x": np.arange(3.0)})
    >>> float(value), slope
    (10.0, {'x': array([0., 4., 8.])})
    """

    def both(w: ParameterSet, *rest: Any, **options: Any) -> tuple[Any, ParameterSet]:
        run = Run(fun, w, rest, options)
        return run.value, run.gradient()

    return both


def grad(fun: Function) -> Callable[..., ParameterSet]:
    """Return a function that returns the gradient of a loss.

    >>> import numpy as np
    >>> float(grad(lambda x: np.tanh(x))(0.0))
    1.0
    >>> float(grad(grad(lambda x: x**3))(2.0))
    12.0

    See `value_and_grad`.
    """
    both = value_and_grad(fun)

    def gradient(w: ParameterSet, *rest: Any, **options: Any) -> ParameterSet:
        return both(w, *rest, **options)[1]

    return gradient


def vjp(fun: Function) -> Callable[..., ParameterSet]:
    """Return a function that multiplies the Jacobian from the left: (w, u) ↦ uᵀJ(w).

    u has the structure of the result of `fun`, and what comes out that of w.

    >>> import numpy as np
    >>> vjp(lambda x: x**2)(np.array([1.0, 2.0]), np.array([1.0, 10.0]))
    array([ 2., 40.])
    """

    def product(w: ParameterSet, u: ParameterSet, *rest: Any, **options: Any) -> ParameterSet:
        return Run(fun, w, rest, options).back(u)

    return product


def jvp(fun: Function) -> Callable[..., Any]:
    """Return a function that multiplies the Jacobian from the right: (w, v) ↦ J(w)v.

    v has the structure of w, and what comes out that of the result of `fun`.

    >>> import numpy as np
    >>> jvp(lambda x: x**2)(np.array([1.0, 2.0]), np.array([1.0, 10.0]))
    array([ 2., 40.])
    """

    def product(w: ParameterSet, v: ParameterSet, *rest: Any, **options: Any) -> Any:
        return pushed(fun, w, v, rest, options)

    return product


def hvp(fun: Function) -> Callable[..., ParameterSet]:
    """Return a function that multiplies the Hessian of a loss by a vector: (w, v) ↦ ∇²fun(w)v.

    The gradient's own directional derivative, forward over reverse: exact, and it costs a few
    gradients, whatever the number of weights.

    >>> import numpy as np
    >>> hvp(lambda x: np.sum(x**3))(np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    array([ 6., 12.])
    """
    return jvp(grad(fun))


def jacobian(fun: Function) -> Callable[..., Any]:
    """Return a function that returns the Jacobian, of the shape of the result and then of w.

    For parameter sets it is nested: for each array of the result, for each array of w. The function
    is called once; a row, or a column if w has fewer numbers, is one way back through its graph.

    >>> import numpy as np
    >>> jacobian(lambda x: np.sum(x) * x)(np.array([1.0, 2.0]))
    array([[4., 1.],
           [2., 5.]])
    """

    def matrix(w: ParameterSet, *rest: Any, **options: Any) -> Any:
        return Run(fun, w, rest, options).jacobian()

    return matrix


def hessian(fun: Function) -> Callable[..., Any]:
    """Return a function that returns the Hessian of a loss, of the shape of w twice.

    >>> import numpy as np
    >>> hessian(lambda x: x[0] * x[1] ** 2)(np.array([1.0, 3.0]))
    array([[0., 6.],
           [6., 2.]])
    """
    return jacobian(grad(fun))


def differentiated(fun: Callable[..., Any]) -> Callable[[ParameterSet], tuple[float, ParameterSet]]:
    """Return `w -> (value, gradient)` for a loss that is written with operations.

    It raises `MissingGradientError` for one that is not.
    """

    def both(w: ParameterSet) -> tuple[float, ParameterSet]:
        try:
            run = Run(fun, w, (), {})
        except UntracedError as error:
            raise missing_gradient(str(error)) from error
        if not any(map(run.is_known, run.ends)):
            raise missing_gradient(f"it returns {run.value!r}, which was computed without them")
        slope = run.gradient()
        return np.asarray(run.value).item(), slope

    return both
