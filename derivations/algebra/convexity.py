"""Where a kinetic energy stops being convex, along a ray from rest."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import explicit
from derivations.algebra.doubles import double
from derivations.algebra.stand_ins import UNKNOWN

#: Sizes of the momentum at which the curvature is tried, in units of any parameter.
_SIZES = tuple(n * sp.Rational(10) ** power for power in range(-4, 5) for n in (1, 2, 5))
#: What a curvature that is zero may come out as, with exact numbers in it.
_ZERO = sp.Rational(1, 10**60)


def not_convex_beyond(kappa: sp.Expr, numbers: dict[sp.Symbol, sp.Expr]) -> sp.Expr | None:
    """Return the size of X at which κ stops being convex along a ray; None if it is convex there.

    The size is an expression of the parameters where the curvature vanishes at one in closed
    form, else a number for the given `numbers`. A κ that is convex along every ray from rest is
    not always convex; one that is not, never.

    >>> from derivations.system import energies
    >>> from derivations.algebra.symbols import X, beta, k, parameter
    >>> b = parameter("b")
    >>> not_convex_beyond(energies.braking(X, beta, b) * k / beta, {b: 1})
    1/sqrt(b)
    """
    size = sp.Symbol("x", positive=True)
    along = explicit(kappa, 1).subs(sp.Symbol("X1", real=True), size)
    if along.has(*UNKNOWN[1]) or along.free_symbols - {size} - set(numbers):
        return None
    numbers = {symbol: sp.Rational(str(number)) for symbol, number in numbers.items()}
    curvature = sp.diff(along, size, 2)
    plain = curvature.xreplace(numbers)
    tried = [each for each in _SIZES if not _overflows(plain, size, each)]
    at = [plain.subs(size, each).evalf() for each in tried]
    bent = next((i for i, value in enumerate(at) if value.is_real and value < -_ZERO), None)
    if bent is None:
        return None
    root = _root(curvature, size, numbers)
    if root is not None:
        return root
    inside = tried[bent - 1] if bent else sp.S.Zero
    return _between(plain, size, inside, tried[bent])


def _overflows(curvature: sp.Expr, size: sp.Symbol, value: sp.Expr) -> bool:
    """Whether no double holds a curvature, such as that of exp(exp(x²)) far out."""
    try:
        double(curvature.xreplace({size: value}))
    except OverflowError:
        return True
    except (ArithmeticError, ValueError):
        return False
    return False


def _between(curvature: sp.Expr, size: sp.Symbol, inside: sp.Expr, outside: sp.Expr) -> sp.Expr:
    """Halve the interval in which the curvature turns negative, to four digits."""
    low, high = sp.Float(inside), sp.Float(outside)
    for _ in range(20):
        middle = (low + high) / 2
        value = curvature.subs(size, middle).evalf()
        low, high = (low, middle) if value < 0 else (middle, high)
    return high


def _root(curvature: sp.Expr, size: sp.Symbol, numbers: dict[sp.Symbol, sp.Expr]) -> sp.Expr | None:
    """Return where the curvature changes its sign from plus to minus, in closed form."""
    top = sp.numer(sp.together(curvature))
    if not top.is_polynomial(size):
        return None
    for root in sp.solve(top, size):
        value = root.xreplace(numbers).evalf()
        if value.is_positive:
            return sp.simplify(root)
    return None
