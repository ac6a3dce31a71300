"""The root of a cubic as a function with a known derivative: the speed of the quartic energy."""

from __future__ import annotations

import sympy as sp


class CubicRoot(sp.Function):
    """The real s ≥ 0 with β₃s³ + ms = √Q, of arguments Q, m, β₃.

    It stays a symbol of its own while formulas are derived, by the derivative that follows from
    its equation, and is written out where a formula is printed or compiled.

    >>> Q, m, b = sp.symbols("Q m b", positive=True)
    >>> s = CubicRoot(Q, m, b)
    >>> sp.simplify(s.diff(Q) - 1 / (2 * s * (m + b * s**2) * (m + 3 * b * s**2)))
    0
    """

    nargs = 3

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """Differentiate the cubic that defines it."""
        if argindex != 1:
            raise sp.core.function.ArgumentIndexError(self, argindex)
        _, mass, quartic = self.args
        slope = (mass + quartic * self**2) * (mass + 3 * quartic * self**2)
        return 1 / (2 * self * slope)

    def written_out(self) -> sp.Expr:
        """Return the root in closed form, by the triple-angle formula of sinh.

        Source: Nickalls, Math. Gazette 77 (1993) 354.
        """
        square, mass, quartic = self.args
        half = 3 * sp.sqrt(square) / (2 * mass) * sp.sqrt(3 * quartic / mass)
        return 2 * sp.sqrt(mass / (3 * quartic)) * sp.sinh(sp.asinh(half) / 3)

    def _eval_evalf(self, prec: int) -> sp.Expr:
        return self.written_out()._eval_evalf(prec)

    def _eval_is_nonnegative(self) -> bool | None:
        return all(argument.is_nonnegative for argument in self.args) or None

    def _eval_is_real(self) -> bool | None:
        return self._eval_is_nonnegative()


def written_out(expr: sp.Expr) -> sp.Expr:
    """Write every cubic root in an expression in closed form."""
    return expr.replace(CubicRoot, lambda *arguments: CubicRoot(*arguments).written_out())
