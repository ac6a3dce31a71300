"""Stand-ins: symbols in the place of sums and unknown functions, for algebra that has none."""

from __future__ import annotations

import sympy as sp
from sympy.core.function import AppliedUndef

from derivations.algebra.components import Coupled, Sum, Total, is_component
from derivations.algebra.matrices import OfMatrix
from derivations.algebra.notation import Notation

#: Sums, and functions of whole arrays: algebra takes them as they are.
WHOLE = (Sum, Coupled)
#: What has no value of its own, in the order in which it is replaced.
UNKNOWN = ((sp.Derivative, sp.Integral), (AppliedUndef, Notation))


def opaque(expr: sp.Expr) -> sp.Expr:
    """Replace sums, functions of whole arrays and unknown functions by symbols of their own.

    What holds for all values of these symbols holds for the sums and functions in their place.
    """
    expr = expr.replace(_is_of_matrix, _written_out)
    for kind in (WHOLE, *UNKNOWN):
        expr = expr.xreplace(stand_ins(expr, kind))
    return expr


def _is_of_matrix(part: sp.Basic) -> bool:
    return isinstance(part, OfMatrix)


def _written_out(part: OfMatrix) -> sp.Expr:
    """Multiply the arrays of a function of a matrix out, so that equal ones look alike."""
    return part.func(*(sp.expand(a) if is_component(a) else a for a in part.args))


def stand_ins(expr: sp.Basic, kind: type | tuple[type, ...]) -> dict[sp.Expr, sp.Dummy]:
    """Return a symbol for every outermost part of this kind."""
    return {part: _stand_in(part) for part in outermost(expr, kind)}


def outermost(expr: sp.Basic, kind: type | tuple[type, ...]) -> set[sp.Expr]:
    """Return the parts of this kind that stand in no other."""
    if isinstance(expr, kind):
        return {expr}
    return set().union(*(outermost(argument, kind) for argument in expr.args))


def under_one_sum(expr: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Return what is summed over the components, all under one sum, and what is not summed.

    What holds for the first in every component holds for its sum, where terms of different
    denominators cancel or complete a square that they do not as sums of their own.
    """
    summand = rest = sp.S.Zero
    for term in sp.Add.make_args(sp.expand(expr)):
        factor, sums = term.as_independent(Total, as_Add=False)
        if isinstance(sums, Total):
            summand += factor * sums.args[0]
        else:
            rest += term
    return summand, rest


def gathered(expr: sp.Expr) -> sp.Expr:
    """Expand, with the powers of each base gathered under one exponent in its shortest form."""
    powers = sp.powsimp(sp.expand(sp.expand_power_base(expr)))
    short = powers.replace(
        lambda part: part.is_Pow and bool(part.exp.free_symbols),
        lambda part: part.base ** sp.cancel(part.exp),
    )
    return sp.powsimp(sp.expand(short))


def without_powers(expr: sp.Expr) -> sp.Expr:
    """Replace every power b^(n + integer) with a symbol n by b^integer and a symbol for b^n."""

    def is_open(part: sp.Basic) -> bool:
        return isinstance(part, sp.Pow) and part.base.is_Symbol and bool(part.exp.free_symbols)

    expanded = expr.replace(is_open, lambda part: sp.expand_power_exp(sp.expand(part)))
    names: dict[sp.Expr, sp.Dummy] = {}

    def named(part: sp.Expr) -> sp.Expr:
        times, exponent = part.exp.as_coeff_Mul()
        power = part.base**exponent
        symbol = sp.Dummy(str(power), positive=power.is_nonnegative or None)
        return names.setdefault(power, symbol) ** times

    return expanded.replace(is_open, named)


def _stand_in(part: sp.Expr) -> sp.Dummy:
    """A symbol with the sign of what it replaces, so that roots of it simplify alike."""
    name = f"[{part}]"
    return sp.Dummy(name, positive=True) if part.is_nonnegative else sp.Dummy(name, real=True)
