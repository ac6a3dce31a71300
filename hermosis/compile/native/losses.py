"""Losses as machine code: a formula, or a function that Numba compiled.

All have one form, `double (ptr w, i64 size, ptr gradient)`, and return NaN where they fail; the
loop in Python then calls the function itself, which says why.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hermosis.compile.objective import Symbolic


@dataclass(frozen=True)
class Loss:
    """The address of a loss; `owner` keeps its machine code alive."""

    address: int
    owner: Any = field(repr=False, compare=False)


def is_compiled(fun: Callable[..., Any], jac: Callable[..., Any] | bool | None) -> bool:
    """Tell whether a loss and its gradient are formulas or functions of Numba."""
    if isinstance(fun, Symbolic):
        return jac is None or jac is True
    return _is_of_numba(fun) and (jac is True or _is_of_numba(jac))


def loss(
    fun: Callable[..., Any], jac: Callable[..., Any] | bool | None, precision: Any
) -> Loss | None:
    """Return a compiled loss for weights of a precision; None where Numba cannot make one."""
    if isinstance(fun, Symbolic):
        library = fun.library(precision)
        return Loss(library.address("objective"), library)
    # What was made is kept with the function itself, and is freed with it.
    made = fun.__dict__.setdefault("_losses_of_hermosis", {})
    key = (jac, np.dtype(precision))
    if key not in made:
        made[key] = _of_numba(fun, None if jac is True else jac, precision)
    found: Loss | None = made[key]
    return found


def _is_of_numba(function: Any) -> bool:
    """Tell whether a function is one of Numba's, which has been imported then."""
    dispatcher = sys.modules.get("numba.core.dispatcher")
    return dispatcher is not None and isinstance(function, dispatcher.Dispatcher)


def _of_numba(fun: Any, jac: Any, precision: Any) -> Loss | None:
    """Compile a call of Numba's functions in the form of a loss."""
    import numba
    from numba.core.errors import NumbaError

    types: Any = numba.types
    kind = numba.from_dtype(np.dtype(precision))
    vector = types.Array(kind, 1, "C")
    try:
        if not _returns(fun, jac, vector):
            return None
        pointer = types.CPointer(kind)
        compiled: Any = numba.cfunc(types.float64(pointer, types.int64, pointer))(_form(fun, jac))
    except (NumbaError, NotImplementedError):
        return None
    return Loss(int(compiled.address), (compiled, fun, jac))


def _returns(fun: Any, jac: Any, vector: Any) -> bool:
    """Tell whether the functions return a real number and a vector of floats."""
    import numba

    types: Any = numba.types
    found = []
    for function in (fun,) if jac is None else (fun, jac):
        function.compile((vector,))
        found.append(function.overloads[(vector,)].signature.return_type)
    if jac is None:
        found = list(found[0]) if isinstance(found[0], types.BaseTuple) else []
    if len(found) != 2:
        return False
    value, gradient = found
    is_vector = isinstance(gradient, types.Array) and gradient.ndim == 1
    return (
        isinstance(value, types.Float | types.Integer)
        and is_vector
        and isinstance(gradient.dtype, types.Float)
    )


def _form(fun: Any, jac: Any) -> Callable[..., Any]:
    """Return a call of the functions in the form of a loss, for Numba to compile.

    What a function raises cannot leave machine code; as a loss that is no number it stops the
    stretch, and the step is made with care, where the same error is raised to the user. Numba
    knows no narrower class than `Exception`.
    """
    import numba

    carray: Any = numba.carray  # type: ignore[attr-defined]
    whole = fun if jac is None else numba.njit(lambda w: (fun(w), jac(w)))

    def loss(point, size, gradient):  # type: ignore[no-untyped-def]
        own = carray(gradient, size)
        try:
            value, slope = whole(carray(point, size))
            if slope.size != size:
                return np.nan
            own[:] = slope
            return float(value)
        except Exception:
            return np.nan

    return loss
