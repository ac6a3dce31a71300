"""What it means here that a statement is proved: each step holds by symbolic algebra, now.

Equality is proved by reducing a difference to zero, with the sums over components standing as
independent symbols. Inequality is proved by a witness: a rational point, in two dimensions, at
which the two sides differ. What can be shown neither way counts as not proved.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import sympy as sp
from sympy.core.function import AppliedUndef

from derivations.components import Total, explicit
from derivations.emit.latex import latex
from derivations.notation import Notation
from derivations.tidy import tidy

#: Digits of a numeric probe, and the size above which a difference counts as one.
_DIGITS, _NOISE = 30, sp.Float("1e-20")
#: What has no value of its own, in the order in which it is replaced.
_UNKNOWN = ((sp.Derivative, sp.Integral), (AppliedUndef, Notation))


@dataclass(frozen=True)
class Step:
    """One line of a proof: `left` equals `right` (or, in a refutation, differs from it).

    `rule` says what leads here. `holds` is computed from the two sides, never declared.

    >>> from derivations.symbols import X
    >>> Step("the square of a sum", "binomial theorem", (X + 1)**2, X**2 + 2*X + 1).holds
    True
    """

    claim: str
    rule: str
    left: sp.Expr
    right: sp.Expr
    differs: bool = False

    @cached_property
    def holds(self) -> bool:
        """Whether the machine confirms the step."""
        if self.differs:
            return different(self.left, self.right)
        return equal(self.left, self.right)

    def latex(self) -> str:
        r"""Return the step as one formula, `left = right` or `left \neq right`."""
        sign = r"\neq" if self.differs else "="
        return f"{latex(self.left)} {sign} {latex(self.right)}"


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

    >>> from derivations.components import norm2
    >>> from derivations.symbols import X
    >>> equal(norm2(X) / sp.sqrt(norm2(X)), sp.sqrt(norm2(X)))
    True
    """
    return all(_vanishes(difference) for difference in _differences(left, right))


def different(left: sp.Expr, right: sp.Expr) -> bool:
    """Prove that two expressions (or matrices) are not equal, by a point where they differ."""
    return any(_witness(difference) for difference in _differences(left, right))


def limit(expr: sp.Expr, variable: sp.Symbol, target: sp.Expr) -> sp.Expr:
    """The limit of an expression in one-component algebra, with its sums held fixed.

    >>> from derivations.components import norm2
    >>> from derivations.symbols import X, parameter
    >>> delta = parameter("delta")
    >>> limit(X / sp.sqrt(1 + delta * norm2(X)), delta, sp.oo)
    0
    """
    names = {part: _stand_in(part) for part in _outermost(expr, Total)}
    result = sp.limit(expr.xreplace(names), variable, target)
    return result.xreplace({symbol: part for part, symbol in names.items()})


def _limits_taken(side: sp.Basic) -> sp.Basic:
    """Take the limits that a side is written with."""
    return side.replace(sp.Limit, lambda expr, variable, target, _: limit(expr, variable, target))


def opaque(expr: sp.Expr) -> sp.Expr:
    """Replace sums over components and unknown functions by symbols of their own.

    What holds for all values of these symbols holds for the sums and functions in their place.
    """
    for kind in (Total, *_UNKNOWN):
        expr = expr.xreplace({part: _stand_in(part) for part in _outermost(expr, kind)})
    return expr


def _stand_in(part: sp.Expr) -> sp.Dummy:
    """A symbol with the sign of what it replaces, so that roots of it simplify alike."""
    name = f"[{part}]"
    return sp.Dummy(name, positive=True) if part.is_nonnegative else sp.Dummy(name, real=True)


def _outermost(expr: sp.Basic, kind: type | tuple[type, ...]) -> set[sp.Expr]:
    if isinstance(expr, kind):
        return {expr}
    return set().union(*(_outermost(argument, kind) for argument in expr.args))


def _differences(left: sp.Expr, right: sp.Expr) -> Iterable[sp.Expr]:
    left, right = (_limits_taken(sp.sympify(side, strict=True)) for side in (left, right))
    if isinstance(left, sp.MatrixBase) and isinstance(right, sp.MatrixBase):
        if left.shape != right.shape:
            return (sp.S.One,)
        return tuple(a - b for a, b in zip(left, right, strict=True))
    return (left - right,)


def _vanishes(difference: sp.Expr) -> bool:
    if difference == 0:
        return True
    if _witness(difference):
        return False
    reduced = opaque(tidy(difference.doit()))
    return any(way(reduced) == 0 for way in (sp.expand, sp.together, sp.factor, sp.simplify))


def _witness(difference: sp.Expr) -> bool:
    """Tell whether some rational point shows that the expression is not zero."""
    plain = explicit(difference.doit(), 2, index=0)
    for kind in _UNKNOWN:
        plain = plain.xreplace({part: _stand_in(part) for part in _outermost(plain, kind)})
    return any(_differs_at(plain, shift) for shift in range(3))


def _differs_at(plain: sp.Expr, shift: int) -> bool:
    symbols = sorted(plain.free_symbols, key=lambda symbol: symbol.name)
    point = {
        symbol: sp.Rational(37 + 11 * n + 7 * shift, 53 + 4 * n + 2 * shift**2)
        for n, symbol in enumerate(symbols)
    }
    value = plain.xreplace(point).evalf(_DIGITS)
    if not value.is_number or not value.is_finite:
        return False
    return bool(abs(value) > _NOISE)
