"""Branches as functions of four numbers, for languages that choose between two values at a time.

A test that combines others is a number, one where it holds, so that all arguments are formulas.
"""

from __future__ import annotations

import sympy as sp


class Branch(sp.Function):
    """`yes` where a test of `left` and `right` holds, else `no`: its arguments, in this order."""

    nargs = 4
    #: The test as code writes it, and as LLVM calls it; both fail where a side is not a number.
    sign: str
    ordered: str

    @classmethod
    def eval(cls, left: sp.Expr, right: sp.Expr, yes: sp.Expr, no: sp.Expr) -> sp.Expr | None:
        if yes == no:
            return yes
        if left.is_number and right.is_number and left.is_real and right.is_real:
            return yes if cls.holds(left, right) else no
        return None

    @classmethod
    def holds(cls, left: sp.Expr, right: sp.Expr) -> bool:
        """Whether the test holds for two numbers."""
        raise NotImplementedError

    def _eval_is_real(self) -> bool | None:
        return self.args[2].is_real and self.args[3].is_real

    def _eval_is_nonnegative(self) -> bool | None:
        return (self.args[2].is_nonnegative and self.args[3].is_nonnegative) or None

    def _eval_is_positive(self) -> bool | None:
        return (self.args[2].is_positive and self.args[3].is_positive) or None


class IfLess(Branch):
    """`yes` where left < right."""

    sign, ordered = "<", "olt"

    @classmethod
    def holds(cls, left: sp.Expr, right: sp.Expr) -> bool:
        return bool(left < right)


class IfAtMost(Branch):
    """`yes` where left ≤ right."""

    sign, ordered = "<=", "ole"

    @classmethod
    def holds(cls, left: sp.Expr, right: sp.Expr) -> bool:
        return bool(left <= right)


class IfEqual(Branch):
    """`yes` where left = right.

    >>> n = sp.Symbol("n", nonnegative=True)
    >>> IfEqual(n**2, 0, 2, n), nonzero(n**2), nonzero(n).is_positive
    (IfEqual(n, 0, 2, n), IfEqual(n, 0, 1, n)**2, True)
    """

    sign, ordered = "==", "oeq"

    @classmethod
    def eval(cls, left: sp.Expr, right: sp.Expr, yes: sp.Expr, no: sp.Expr) -> sp.Expr | None:
        if right == 0 and left.is_Pow and left.exp.is_positive:
            if (yes, no) == (1, left):
                return nonzero(left.base) ** left.exp
            return cls(left.base, right, yes, no)  # a square may be zero where its root is not
        return super().eval(left, right, yes, no)

    @classmethod
    def holds(cls, left: sp.Expr, right: sp.Expr) -> bool:
        return bool(left == right)

    def _eval_is_positive(self) -> bool | None:
        left, right, yes, no = self.args
        apart = left.is_nonnegative and right == 0 and no == left
        return (yes.is_positive and (no.is_positive or apart)) or None


def nonzero(expr: sp.Expr) -> sp.Expr:
    """Return an expression with one in the place of zero, to divide by."""
    return IfEqual(expr, sp.S.Zero, sp.S.One, expr)


def with_branches(expr: sp.Expr) -> sp.Expr:
    """Write SymPy's `Piecewise` as branches.

    >>> x = sp.Symbol("x", real=True)
    >>> with_branches(sp.Piecewise((2, x > 1), (x, True)))
    IfLess(1, x, 2, x)
    >>> with_branches(sp.Piecewise((2, (x > 1) & (x < 3)), (x, True)))
    IfLess(0, IfLess(x, 3, IfLess(1, x, 1, 0), 0), 2, x)
    """
    return expr.replace(sp.Piecewise, lambda *pairs: _chosen(pairs))


def _chosen(pairs: tuple[tuple[sp.Expr, sp.Basic], ...]) -> sp.Expr:
    """Return the first value whose test holds; not a number where none does."""
    (value, test), *others = pairs
    return _branch(test, value, _chosen(tuple(others)) if others else sp.nan)


def _branch(test: sp.Basic, yes: sp.Expr, no: sp.Expr) -> sp.Expr:
    if test in (sp.true, sp.false):
        return yes if test == sp.true else no
    if isinstance(test, sp.And | sp.Or):
        return IfLess(sp.S.Zero, _share(test), yes, no)
    if isinstance(test, sp.Not):
        return _branch(test.args[0], no, yes)
    if isinstance(test, sp.Ne):
        return IfEqual(*test.args, no, yes)
    kind = _KINDS[type(test)]
    return (
        kind(test.lhs, test.rhs, yes, no) if kind is IfEqual else kind(test.lts, test.gts, yes, no)
    )


def _share(test: sp.Basic) -> sp.Expr:
    """One where a test of several holds, zero where it does not."""
    if not isinstance(test, sp.And | sp.Or):
        return _branch(test, sp.S.One, sp.S.Zero)
    share = sp.Integer(isinstance(test, sp.And))
    for part in sorted(test.args, key=sp.default_sort_key):
        one, zero = (share, sp.S.Zero) if isinstance(test, sp.And) else (sp.S.One, share)
        share = _branch(part, one, zero)
    return share


_KINDS: dict[type[sp.Basic], type[Branch]] = {
    sp.Eq: IfEqual,
    sp.StrictLessThan: IfLess,
    sp.StrictGreaterThan: IfLess,
    sp.LessThan: IfAtMost,
    sp.GreaterThan: IfAtMost,
}


def is_everywhere(expr: sp.Expr) -> bool:
    """Tell whether a formula has a value for all numbers, so that it need not stand in a branch.

    >>> x = sp.Symbol("x", real=True)
    >>> is_everywhere(x**2 * sp.tanh(x)), is_everywhere(sp.sqrt(x))
    (True, False)
    """
    powers = (part for part in expr.atoms(sp.Pow) if not isinstance(part, sp.exp))
    whole = all(part.exp.is_Integer and part.exp.is_positive for part in powers)
    return whole and not expr.has(sp.log, sp.asin, sp.acos, sp.acosh, sp.atanh, sp.tan)
