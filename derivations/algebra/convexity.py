"""Where a kinetic energy is not convex, or not least at rest, along the rays from rest in one
dimension.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.algebra.branches import with_cases
from derivations.algebra.components import explicit
from derivations.algebra.doubles import double
from derivations.algebra.stand_ins import UNKNOWN

#: Sizes of the momentum at which a slope is tried, in units of any parameter, and the first.
_SIZES = tuple(n * sp.Rational(10) ** power for power in range(-4, 5) for n in (1, 2, 5))
_FIRST = sp.Rational(1, 10**12)
#: What a slope or a curvature that is zero may come out as; how far rounding takes slopes apart.
_ZERO, _ROUNDING, _DIGITS = sp.Rational(1, 10**60), sp.Float("1e-20"), 30


def falls_from_rest(kappa: sp.Expr, numbers: dict[sp.Symbol, sp.Expr]) -> sp.Expr | None:
    """Return the slope of κ just beside X = 0, outward, if it is negative: κ is not least at rest.

    >>> from derivations.algebra.components import total
    >>> from derivations.algebra.symbols import X
    >>> falls_from_rest(total(sp.exp(X)), {}), falls_from_rest(total(X**2), {})
    (-1.00000000000000, None)
    """
    for side in (1, -1):
        ray = _ray(kappa, side, numbers)
        slope = None if ray is None else ray.slope_at(_FIRST)
        if slope is not None and slope < -_ZERO:
            return sp.Float(slope)
    return None


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
    for side in (1, -1):
        ray = _ray(kappa, side, numbers)
        size = None if ray is None else ray.bend()
        if size is not None:
            return size
    return None


def _ray(kappa: sp.Expr, side: int, numbers: dict[sp.Symbol, sp.Expr]) -> _Ray | None:
    """Return κ along a ray; None where it has no value for the numbers."""
    size = sp.Symbol("x", positive=True)
    along = with_cases(explicit(kappa, 1)).subs(sp.Symbol("X1", real=True), side * size)
    if along.has(*UNKNOWN[1]) or along.free_symbols - {size} - set(numbers):
        return None
    return _Ray(along, size, {x: sp.Rational(str(number)) for x, number in numbers.items()})


@dataclass(frozen=True)
class _Ray:
    """κ as a function of the size of X."""

    along: sp.Expr
    size: sp.Symbol
    numbers: dict[sp.Symbol, sp.Expr]

    def slope_at(self, value: sp.Expr) -> sp.Expr | None:
        """Return the slope at a size; None where no double holds it."""
        return _at(sp.diff(self.along, self.size).xreplace(self.numbers), self.size, value)

    def bend(self) -> sp.Expr | None:
        """Return where the slope begins to fall."""
        curvature = sp.diff(self.along, self.size, 2)
        plain = curvature.xreplace(self.numbers)
        inside, before = sp.S.Zero, None
        for each in _SIZES:
            bent, slope = _at(plain, self.size, each), self.slope_at(each)
            fallen = before is not None and slope is not None and _is_less(slope, before)
            if fallen or (bent is not None and bent < -_ZERO):
                root = self._root(curvature, inside, each)
                return root if root is not None else self._between(inside, each)
            inside, before = each, slope if slope is not None else before
        return None

    def _between(self, low: sp.Expr, high: sp.Expr) -> sp.Expr:
        """Halve the interval in which the slope begins to fall, to four digits."""
        low, high = sp.Float(low), sp.Float(high)
        curvature = sp.diff(self.along, self.size, 2).xreplace(self.numbers)
        for _ in range(20):
            middle = (low + high) / 2
            bent, slope = _at(curvature, self.size, middle), self.slope_at(middle)
            first = self.slope_at(low) if low else None
            fallen = first is not None and slope is not None and _is_less(slope, first)
            low, high = (low, middle) if fallen or (bent or 0) < -_ZERO else (middle, high)
        return high

    def _root(self, curvature: sp.Expr, low: sp.Expr, high: sp.Expr) -> sp.Expr | None:
        """Return where the curvature changes its sign in an interval, in closed form."""
        top = sp.numer(sp.together(curvature))
        if not top.is_polynomial(self.size):
            return None
        for root in sp.solve(top, self.size):
            value = root.xreplace(self.numbers).evalf()
            if value.is_positive and low <= value <= high:
                return sp.simplify(root)
        return None


def _at(expr: sp.Expr, size: sp.Symbol, value: sp.Expr) -> sp.Expr | None:
    """Return a real value; None where there is none, or none that a double holds."""
    if _overflows(expr, size, value):
        return None
    found = expr.subs(size, value).evalf(_DIGITS)
    return found if found.is_real and found.is_finite else None


def _is_less(slope: sp.Expr, before: sp.Expr) -> bool:
    return bool(slope < before - _ROUNDING * abs(before))


def _overflows(expr: sp.Expr, size: sp.Symbol, value: sp.Expr) -> bool:
    """Whether no double holds a number, such as exp(exp(x²)) far out."""
    try:
        double(expr.xreplace({size: value}))
    except OverflowError:
        return True
    except (ArithmeticError, ValueError):
        return False
    return False
