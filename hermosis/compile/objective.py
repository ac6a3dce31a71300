"""Losses stated as formulas: their gradients are derived, and both are compiled."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from derivations.lazy import lazy
from hermosis.compile.step import choose, functions_of
from hermosis.derive import cache
from hermosis.errors import StructureError
from hermosis.run.parameters import Array

if TYPE_CHECKING:
    import sympy as sp

    from derivations.system.objective import Objective
    from hermosis.compile.native.engine import Library

#: The precisions of LLVM source by those of arrays.
PRECISIONS = {np.dtype(np.float64): "double", np.dtype(np.float32): "float"}
_NATIVE = ctypes.c_double, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p


def symbolic(function: Callable[..., Any], size: int | None = None) -> Symbolic:
    """State a loss as a formula, by a function that is called with symbols once.

    Parameters
    ----------
    function : with one argument for each weight, or, if `size` is given, with one tuple of them.
        It is written with operators and with `hm.sin`, `hm.exp`, `hm.sqrt` and the like.
    size : the number of weights.

    Returns
    -------
    Symbolic
        A callable `fun(w) -> (value, gradient)`. `hm.minimize` and `hm.ensemble` compile it
        together with the step, and need no `jac`.

    Raises `errors.NotScalarError` for what is no real scalar expression, `errors.EnergyError` for
    symbols that are no arguments.

    >>> import numpy as np, hermosis as hm
    >>> fun = symbolic(lambda x, y: (x**2 - 1) ** 2 + y**2)
    >>> fun.gradient
    (4*x*(x**2 - 1), 2*y)
    >>> fun(np.array([2.0, 1.0]))
    (10.0, array([24.,  2.]))
    >>> bowl = symbolic(lambda w: sum(x**2 for x in w), size=100)
    >>> result = hm.minimize(bowl, np.ones(100), hm.optimizers.Momentum(lr=0.1), steps=500)
    >>> bool(result.fun < 1e-12)
    True
    """
    from derivations.system.objective import objective

    return Symbolic(objective(function, size))


@dataclass(frozen=True)
class Symbolic:
    """A loss that is a formula: `fun(w)` returns its value and its gradient.

    Made by `hm.symbolic`. It goes as it is to `hm.minimize` and `hm.ensemble`, and with `jac=True`
    to `scipy.optimize.minimize`.
    """

    objective: Objective

    @property
    def symbols(self) -> tuple[sp.Symbol, ...]:
        """The symbols of the weights, in order."""
        return self.objective.symbols

    @property
    def expression(self) -> sp.Expr:
        """The loss."""
        return self.objective.expression

    @property
    def gradient(self) -> tuple[sp.Expr, ...]:
        """The derivative of the loss by each weight."""
        return self.objective.gradient

    @property
    def size(self) -> int:
        """The number of weights."""
        return len(self.objective.symbols)

    @lazy
    def key(self) -> str:
        """A text that determines the loss, whatever its arguments are called."""
        return self.objective.key

    def latex(self) -> str:
        """Return the loss as LaTeX."""
        return self.objective.latex()

    def __repr__(self) -> str:
        return f"Symbolic({', '.join(map(str, self.symbols))}: {self.expression})"

    def __call__(self, w: Any) -> tuple[float, Array]:
        """Return the loss at w, of shape (n,), and its gradient there, in w's precision.

        Raises `errors.StructureError` for a w of another shape or kind.
        """
        w = self.check(w)
        if not self.is_native:
            found, slope = self.vectorised(w)
            return float(found), slope
        w = np.ascontiguousarray(w)
        gradient = np.empty_like(w)
        value = self._functions[w.dtype](w.ctypes.data, len(w), gradient.ctypes.data)
        return value, gradient

    def check(self, w: Any) -> Array:
        """Return w as a float array of as many numbers as the loss has weights."""
        try:
            found: Array = np.asarray(w)
        except ValueError:  # of several lengths
            found = np.empty(0, dtype=object)
        if found.shape != (self.size,) or found.dtype == object:
            raise StructureError(
                f"w has shape {found.shape}, but the loss is a function of {self.size} weights; "
                f"give an array of shape ({self.size},)"
            )
        if found.dtype.kind in "iu":
            return found.astype(float)
        if found.dtype not in PRECISIONS:
            raise StructureError(f"w holds {found.dtype}, not float32 or float64; convert it first")
        return found

    @lazy
    def is_native(self) -> bool:
        """Whether the loss runs as machine code: where llvmlite is."""
        return choose("auto") == "llvm"

    def vectorised(self, w: Array) -> tuple[NDArray[Any], Array]:
        """Return values and gradients for w of shape (…, n), by NumPy."""
        with np.errstate(all="ignore"):
            return self._numpy(w)

    def library(self, precision: Any) -> Library:
        """Return the machine code: `objective(ptr w, i64 size, ptr gradient) -> double`."""
        from hermosis.compile.native import engine

        return engine.load(self._sources[PRECISIONS[np.dtype(precision)]])

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy keeps: the formula, from which all else is made again."""
        return {"objective": self.objective}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        self.__dict__.update(kept)

    @lazy
    def _numpy(self) -> Callable[[Array], tuple[Any, Array]]:
        return functions_of(self._sources["numpy"])["objective"]

    @lazy
    def _functions(self) -> dict[Any, Callable[..., float]]:
        return {own: self.library(own).function("objective", *_NATIVE) for own in PRECISIONS}

    @lazy
    def _sources(self) -> dict[str, str]:
        """The loss in each language, from the cache if it was written before."""
        key = f"objective\n{self.key}"
        kept = cache.load(key)
        if isinstance(kept, dict):
            return kept
        from derivations.emit.arrays import objective as arrays
        from derivations.emit.llvm import objective as llvm

        made = {
            "double": llvm.write(self.objective, "double"),
            "float": llvm.write(self.objective, "float"),
            "numpy": arrays.numpy(self.objective),
        }
        cache.save(key, made)
        return made
