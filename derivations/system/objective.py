r"""A loss as a formula: its value, and its gradient by symbolic differentiation.

The formula is found by calling a function with symbols, once; no text is ever read.
"""

from __future__ import annotations

import inspect
import numbers
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from derivations.emit.mathematics.latex import latex
from derivations.emit.program.program import stable
from derivations.errors import BackendError, EnergyError, NotScalarError
from derivations.lazy import lazy


@dataclass(frozen=True)
class Objective:
    """A real expression, and the symbols of the weights that it is a function of, in order.

    >>> x, y = sp.symbols("x y", real=True)
    >>> Objective((x, y), (x**2 - 1) ** 2 + y**2).gradient
    (4*x*(x**2 - 1), 2*y)
    """

    symbols: tuple[sp.Symbol, ...]
    expression: sp.Expr

    @lazy
    def gradient(self) -> tuple[sp.Expr, ...]:
        """The derivative by each symbol, almost everywhere: a step has the derivative zero.

        Raises `BackendError` for one that is not known in closed form.
        """
        terms = [(x.free_symbols, x) for x in sp.Add.make_args(stable(self.expression))]
        found = (
            sp.Add(*(term.diff(symbol) for own, term in terms if symbol in own))
            for symbol in self.symbols
        )
        known = tuple(stable(part).replace(sp.DiracDelta, lambda *_: sp.S.Zero) for part in found)
        for part in known:
            for unknown in part.atoms(sp.Derivative, sp.Subs):
                raise BackendError(
                    f"the loss has the derivative {unknown}, which is not known in closed form; "
                    "write the loss with other functions"
                )
        return known

    @lazy
    def shared(self) -> tuple[tuple[tuple[sp.Symbol, sp.Expr], ...], tuple[sp.Expr, ...]]:
        """What value and gradient have in common, by name; and value and gradient with it."""
        names = sp.numbered_symbols("part_", cls=sp.Dummy, real=True)
        parts, rest = sp.cse([stable(self.expression), *self.gradient], names)
        return tuple(parts), tuple(rest)

    @property
    def key(self) -> str:
        """A text that determines the objective: the names of its symbols play no part."""
        names = {x: sp.Symbol(f"w_{c}", real=True) for c, x in enumerate(self.symbols)}
        return f"{len(self.symbols)} {sp.srepr(self.expression.xreplace(names))}"

    def latex(self) -> str:
        """Return the expression as LaTeX."""
        return latex(self.expression)


def objective(function: Callable[..., Any], size: int | None = None) -> Objective:
    """Call a function with a symbol for each argument, or with one tuple of `size` symbols.

    Raises `NotScalarError` for what is no real scalar expression, `EnergyError` for symbols that
    are no weights.

    >>> objective(lambda x: sum(a**2 for a in x), size=3).expression
    x_1**2 + x_2**2 + x_3**2
    """
    symbols = _symbols(function, size)
    try:
        value = function(symbols) if size is not None else function(*symbols)
    except (TypeError, AttributeError) as error:
        raise NotScalarError(
            f"the function cannot be called with symbols ({error}); write it with operators and "
            "with hm.sin, hm.exp, hm.sqrt and the like, and give size=n if it takes one vector"
        ) from error
    return Objective(symbols, _scalar(value, symbols))


def _symbols(function: Callable[..., Any], size: int | None) -> tuple[sp.Symbol, ...]:
    """Return the symbols of the weights, named as the function's arguments are."""
    names = list(inspect.signature(function).parameters.values())
    varies = any(x.kind in (x.VAR_POSITIONAL, x.VAR_KEYWORD, x.KEYWORD_ONLY) for x in names)
    if size is None:
        if varies or not names:
            raise NotScalarError(
                "the function must name its arguments, one for each weight, as in lambda x, y: …; "
                "give size=n if it takes one vector"
            )
        return tuple(sp.Symbol(x.name, real=True) for x in names)
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise NotScalarError(f"size is {size!r}; give the number of weights, at least 1")
    head = names[0].name if names else "w"
    return tuple(sp.Symbol(f"{head}_{place}", real=True) for place in range(1, size + 1))


def _scalar(value: Any, symbols: tuple[sp.Symbol, ...]) -> sp.Expr:
    """Return a real expression of the symbols; refuse everything else by name."""
    if not isinstance(value, bool) and isinstance(value, numbers.Real):
        value = sp.sympify(value, strict=True)
    if not isinstance(value, sp.Expr):
        raise NotScalarError(
            f"the function returned {value!r}, a {type(value).__name__}; return one real "
            "expression of its arguments"
        )
    strangers = sorted(map(str, value.free_symbols - set(symbols)))
    if strangers:
        raise EnergyError(
            f"the loss contains {', '.join(strangers)}, which is no argument of the function; put "
            "numbers for them"
        )
    if value.is_real is False or value.has(sp.I, sp.oo, sp.zoo, sp.nan):
        raise NotScalarError(f"the loss is {value}, which is not a real number")
    return value
