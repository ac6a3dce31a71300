"""What it means here that a statement is proved: each step holds by symbolic algebra, now.

Equality is proved by reducing a difference to zero, with the sums over components standing as
independent symbols. That two sides differ is proved by a witness: a rational point, in two
dimensions, at which they do. What can be shown neither way counts as not proved. Two other kinds
of step have files of their own: `derivations.proofs.inequality` and `derivations.proofs.order`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sympy as sp

from derivations.algebra.components import explicit
from derivations.algebra.limits import limit, limits_taken
from derivations.algebra.stand_ins import (
    UNKNOWN,
    gathered,
    opaque,
    stand_ins,
    under_one_sum,
    without_powers,
)
from derivations.algebra.tidy import tidy
from derivations.algebra.zero import expands_to_zero
from derivations.emit.mathematics.latex import latex
from derivations.errors import NoLimitError
from derivations.lazy import lazy

#: Digits of a numeric probe, and the size above which a difference counts as one.
_DIGITS, _NOISE = 30, sp.Float("1e-20")
_TEX = {"=": "=", "≠": r"\neq", "≤": r"\le", "≰": r"\not\le"}


@dataclass(frozen=True)
class Step:
    """One line of a proof: `left` equals `right` (or, in a refutation, differs from it).

    `rule` says what leads here. `holds` is computed from the two sides, never declared.

    >>> from derivations.algebra.symbols import X
    >>> Step("the square of a sum", "binomial theorem", (X + 1)**2, X**2 + 2*X + 1).holds
    True
    """

    claim: str
    rule: str
    left: sp.Expr
    right: sp.Expr
    differs: bool = False

    @lazy
    def holds(self) -> bool:
        """Whether the machine confirms the step; a limit that does not exist confirms nothing."""
        try:
            return self._confirmed()
        except NoLimitError:
            return False

    @lazy
    def obstacle(self) -> str:
        """The limit that does not exist, if it is one that keeps the step from holding."""
        try:
            self._confirmed()
        except NoLimitError as error:
            return str(error)
        return ""

    @property
    def sign(self) -> str:
        """The sign between the sides."""
        return "≠" if self.differs else "="

    @property
    def shown(self) -> sp.Expr:
        """The right side as it is written, with what the statement leaves open."""
        return self.right

    def latex(self) -> str:
        r"""Return the step as one formula, such as `left = right` or `left \neq right`."""
        return f"{latex(self.left)} {_TEX[self.sign]} {latex(self.shown)}"

    def _confirmed(self) -> bool:
        if self.differs:
            return different(self.left, self.right)
        return equal(self.left, self.right)


@dataclass(frozen=True)
class Proof:
    """A named claim with the steps that prove it."""

    name: str
    claim: str
    steps: tuple[Step, ...]

    @property
    def proved(self) -> bool:
        """Whether there are steps and every one of them holds."""
        return bool(self.steps) and all(step.holds for step in self.steps)

    def latex(self) -> str:
        r"""Return the steps as one LaTeX `aligned` block, each with its rule."""
        from derivations.document.tex import escape

        rows = [rf"& {step.latex()} && \text{{{escape(step.rule)}}}" for step in self.steps]
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"


def equal(left: sp.Expr, right: sp.Expr) -> bool:
    """Prove that two expressions (or matrices) are equal for all values of their symbols.

    >>> from derivations.algebra.components import norm2
    >>> from derivations.algebra.symbols import X
    >>> equal(norm2(X) / sp.sqrt(norm2(X)), sp.sqrt(norm2(X)))
    True
    """
    return all(_vanishes(difference) for difference in differences(left, right))


def different(left: sp.Expr, right: sp.Expr) -> bool:
    """Prove that two expressions (or matrices) are not equal, by a point where they differ."""
    return any(_witness(difference) for difference in differences(left, right))


def differences(left: sp.Expr, right: sp.Expr) -> Iterable[sp.Expr]:
    """Return left − right, entry by entry, with all limits taken."""
    left, right = (limits_taken(sp.sympify(side, strict=True)) for side in (left, right))
    if isinstance(left, sp.MatrixBase) and isinstance(right, sp.MatrixBase):
        if left.shape != right.shape:
            return (sp.S.One,)
        return tuple(_gap(a, b) for a, b in zip(left, right, strict=True))
    return (_gap(left, right),)


def _gap(left: sp.Expr, right: sp.Expr) -> sp.Expr:
    """Subtract, with no gap between two equal infinities."""
    return sp.S.Zero if left == right else left - right


def in_the_plane(expr: sp.Expr) -> sp.Expr:
    """Write an expression out in two dimensions, with a symbol for every unknown function."""
    plain = explicit(expr.doit(), 2, index=0)
    for kind in UNKNOWN:
        plain = plain.xreplace(stand_ins(plain, kind))
    return plain


def value_at(plain: sp.Expr, point: dict[sp.Symbol, sp.Expr]) -> sp.Expr | None:
    """Return the value at a point; None if it is not finite, and zero if it is only rounding."""
    value = plain.xreplace(point).evalf(_DIGITS)
    if not value.is_number or not value.is_finite:
        return None
    return value if abs(value) > _NOISE else sp.S.Zero


def _vanishes(difference: sp.Expr) -> bool:
    if difference == 0:
        return True
    if _witness(difference):
        return False
    whole = difference.doit()
    plain = without_powers(whole)
    rational = opaque(plain)
    if expands_to_zero(rational) or sp.together(sp.expand(rational)) == 0:
        return True
    if gathered(opaque(whole)) == 0:
        return True
    return _cancels(tidy(plain)) or (plain != whole and _cancels(tidy(whole)))


def _cancels(short: sp.Expr) -> bool:
    return _is_zero(opaque(short)) or all(_is_zero(opaque(part)) for part in under_one_sum(short))


def _is_zero(expr: sp.Expr) -> bool:
    ways = (sp.expand, gathered, sp.together, sp.factor, sp.simplify)
    return any(way(expr) == 0 for way in ways)


def _witness(difference: sp.Expr) -> bool:
    """Tell whether some rational point shows that the expression is not zero."""
    plain = in_the_plane(difference)
    return any(value_at(plain, _point(plain, shift)) for shift in range(3))


def _point(plain: sp.Expr, shift: int) -> dict[sp.Symbol, sp.Expr]:
    symbols = sorted(plain.free_symbols, key=lambda symbol: symbol.name)
    return {
        symbol: sp.Rational(37 + 11 * n + 7 * shift, 53 + 4 * n + 2 * shift**2)
        for n, symbol in enumerate(symbols)
    }


__all__ = [
    "Proof",
    "Step",
    "different",
    "differences",
    "equal",
    "in_the_plane",
    "limit",
    "value_at",
]
