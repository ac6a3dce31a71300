"""Optimizers as the `method` of `scipy.optimize.minimize`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from hermosis.errors import HyperparameterError, missing_gradient
from hermosis.run.minimize import minimize
from hermosis.run.optimizer import Optimizer
from hermosis.run.parameters import Array

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult


def scipy_method(
    opt: Optimizer,
    fun: Callable[..., Any],
    x0: Array,
    args: tuple[Any, ...] = (),
    *,
    jac: Any = None,
    hess: Any = None,
    hessp: Any = None,
    bounds: Any = None,
    constraints: Any = (),
    callback: Callable[..., Any] | None = None,
    maxiter: int = 1000,
    tol: float | None = None,
    disp: bool = False,
    **unknown: Any,
) -> OptimizeResult:
    """Serve `scipy.optimize.minimize(method=opt)`; bounds and constraints are refused by name."""
    del hess, hessp
    for name, given in (("bounds", bounds), ("constraints", constraints)):
        if given is not None and not (isinstance(given, tuple | list) and not given):
            raise HyperparameterError(
                f"{opt.name} does not know {name}; leave them out, or use another method of SciPy"
            )
    if unknown:
        raise HyperparameterError(
            f"{opt.name} has no option {', '.join(sorted(unknown))}; known: maxiter, tol, disp"
        )
    if not callable(jac):
        raise missing_gradient()
    start = np.array(x0, dtype=float) if np.asarray(x0).dtype.kind in "biu" else x0
    result = minimize(
        lambda w: fun(w, *args),
        start,
        opt,
        jac=lambda w: jac(w, *args),
        steps=maxiter,
        tol=tol,
        callback=callback,
    )
    if disp:
        print(f"{result.message}\n    loss {result.fun:.6g} after {result.nit} steps")
    return result
