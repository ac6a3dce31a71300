"""Branches as functions of four numbers, for languages that choose between two values at a time.

A test that combines others is a number, one where it holds, so that all arguments are formulas.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

#: How many different tests are decided before each other.
_MOST = 3


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


def where(test: sp.Basic | bool, yes: sp.Expr, no: sp.Expr) -> sp.Expr:
    """Return one expression where a test holds, such as `hm.Abs(X) < 1`, and another elsewhere."""
    return sp.Piecewise((yes, test), (no, True))


def with_cases(expr: sp.Expr) -> sp.Expr:
    """Write the smaller and the larger of expressions by cases, whose derivatives are plain.

    >>> x, d = sp.Symbol("x", real=True), sp.Symbol("d", positive=True)
    >>> sp.diff(with_cases(sp.Min(x, d)), x)
    Piecewise((0, d <= x), (1, True))
    """

    def smaller(*values: sp.Expr) -> sp.Expr:
        first, *others = values
        rest = smaller(*others) if others else first
        return where(first <= rest, first, rest)

    def larger(*values: sp.Expr) -> sp.Expr:
        first, *others = values
        rest = larger(*others) if others else first
        return where(first >= rest, first, rest)

    return expr.replace(sp.Min, smaller).replace(sp.Max, larger)


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


def in_cases(expr: sp.Expr, tidy: Callable[[sp.Expr], sp.Expr]) -> sp.Expr:
    """Return an expression with its cases tidied, and those with the same tests as one.

    >>> x = sp.Symbol("x", real=True)
    >>> in_cases(where(x > 1, x, 1) * where(x > 1, 1 / x, x), sp.cancel)
    Piecewise((1, x > 1), (x, True))
    """
    pieces = _outermost(expr)
    tests = {tuple(test for _, test in piece.args) for piece in pieces}
    if len(pieces) > 1 and len(tests) <= _MOST:
        own: list[sp.Expr] = []
        kept: list[sp.Expr] = []
        for term in sp.Add.make_args(expr):
            (own if term.has(sp.Piecewise) else kept).append(term)
        return tidy(sp.Add(*kept) + _folded(sp.Add(*own), tidy))
    each = {piece: _each(piece, tidy) for piece in pieces}
    names = {piece: sp.Dummy("piece", real=True) for piece in each.values()}
    whole = {piece: value.xreplace(names) for piece, value in each.items()}
    back = {name: piece for piece, name in names.items()}
    return tidy(expr.xreplace(whole)).xreplace(back)


def _folded(expr: sp.Expr, tidy: Callable[[sp.Expr], sp.Expr]) -> sp.Expr:
    """Decide the tests of one of the pieces first, and leave the others to its cases."""
    pieces = _outermost(expr)
    if not pieces:
        return tidy(expr)
    first = pieces[0]
    tests = [test for _, test in first.args]
    alike = [piece for piece in pieces if [test for _, test in piece.args] == tests]
    cases = (
        (_folded(expr.xreplace({piece: piece.args[n][0] for piece in alike}), tidy), test)
        for n, test in enumerate(tests)
    )
    return _with_common(list(cases))


def _with_common(cases: list[tuple[sp.Expr, sp.Basic]]) -> sp.Expr:
    """Write the factors that all cases have before them, if they have a value everywhere."""
    factors = [set(filter(_is_plain, sp.Mul.make_args(x))) for x, _ in cases if x != 0]
    common = set[sp.Expr]().union(*factors[:1]).intersection(*factors)
    front = sp.Mul(*common)
    return front * sp.Piecewise(*((value / front, test) for value, test in cases))


def _is_plain(factor: sp.Expr) -> bool:
    base, exponent = factor.as_base_exp()
    signs = base.args[0] if isinstance(base, sp.Abs | sp.sign) else base
    return bool(signs.is_Symbol and (base.is_positive or (exponent.is_Integer and exponent > 0)))


def _each(piece: sp.Piecewise, tidy: Callable[[sp.Expr], sp.Expr]) -> sp.Expr:
    return _with_common([(tidy(value), test) for value, test in piece.args])


def _outermost(expr: sp.Basic) -> list[sp.Piecewise]:
    """Return the pieces that stand in no other, in an order that does not change."""
    if isinstance(expr, sp.Piecewise):
        return [expr]
    found = {piece for argument in expr.args for piece in _outermost(argument)}
    return sorted(found, key=sp.default_sort_key)
