r"""Formulas where they are 0/0: removable singularities are filled in by the limit.

:math:`X^{2n}/X` is a power; :math:`\sin(X)/X` is one at rest; :math:`\coth X - 1/X` loses all its
digits long before it is not defined, and is its Taylor polynomial there. Where the limits from both
sides differ, as those of X/‖X‖, the value is their mean, as that of sign(0).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

import sympy as sp
from sympy.core.function import PoleError

from derivations.algebra.branches import IfEqual, IfLess, nonzero
from derivations.algebra.components import Sum, Total
from derivations.algebra.limits import limit
from derivations.algebra.matrices import OfMatrix
from derivations.algebra.powers import joined
from derivations.algebra.stand_ins import WHOLE, gathered, stand_ins
from derivations.algebra.symbols import Component
from derivations.errors import NoLimitError

#: How far a point is from the singularity.
_SIZE = sp.Symbol("lambda", positive=True)
#: Terms of a Taylor polynomial, and how much smaller each is than the one before it at the border.
_TERMS, _RATIO = 6, sp.Rational(1, 1000)
#: Operations of a formula, above which no limit of it is looked for.
_LONGEST = 300
#: Odd functions that are computed to the last digit near zero.
_EXACT = (
    sp.Abs, sp.sign, sp.sin, sp.tan, sp.sinh, sp.tanh, sp.asin, sp.atan, sp.asinh, sp.atanh,
)  # fmt: skip


def defined(expr: sp.Expr, variables: Collection[sp.Symbol] | None = None) -> sp.Expr:
    """Write a formula so that it is never evaluated where it is 0/0.

    `variables` are the symbols that may be zero; all components unless given. A singularity that is
    not removable is left as it is.

    >>> from derivations.algebra.symbols import X
    >>> defined(sp.sin(X) / X)
    IfEqual(X, 0, 1, sin(X)/IfEqual(X, 0, 1, X))
    >>> defined(X / sp.sqrt(Total(X**2)))
    X/sqrt(IfEqual(Total(X**2), 0, 1, Total(X**2)))
    """
    if not expr.has(sp.Pow, sp.log):
        return expr
    infinite: defaultdict[sp.Symbol, list[sp.Expr]] = defaultdict(list)
    found = []
    for term in sp.Add.make_args(joined(expr, variables or ())):
        poles = _poles(term, variables)
        if not poles:
            found.append(_inside(term, variables))
        elif len(poles) > 1 or sp.count_ops(term) > _LONGEST:
            found.append(_with_safe_bases(term, poles))
        else:
            ((place, bases),) = poles.items()
            value = _limit(term, place)
            if value is None or not _keeps_digits(term, place):
                infinite[place].append(term)
            else:
                found.append(_filled(term, bases, value, place))
    for place, terms in infinite.items():
        group = sp.Add(*terms)
        near = _near(group, place) if sp.count_ops(group) <= _LONGEST else None
        found.append(group if near is None else near)
    return sp.Add(*found)


def _inside(term: sp.Expr, variables: Collection[sp.Symbol] | None) -> sp.Expr:
    """Look into what a term without a pole of its own is made of."""
    if not term.args or isinstance(term, OfMatrix):
        return term
    return term.func(*(defined(part, variables) for part in term.args))


def _poles(
    term: sp.Expr, variables: Collection[sp.Symbol] | None
) -> dict[sp.Symbol, list[sp.Expr]]:
    """Return what may be zero under a fraction or a logarithm, by the variable that makes it so."""
    found: defaultdict[sp.Symbol, list[sp.Expr]] = defaultdict(list)
    for factor in sp.Mul.make_args(term):
        base, exponent = factor.as_base_exp()
        if isinstance(base, sp.log):
            base = base.args[0]
        elif isinstance(base, sp.tanh | sp.coth) and exponent.is_negative:
            pass
        elif not factor.is_Pow or isinstance(factor, sp.exp) or exponent.is_nonnegative:
            continue
        elif not (exponent.is_negative or base.has(Sum)):
            continue  # a power of a component, as |X|^(q - 1), is what it is
        place = _place(base, variables)
        if place is not None:
            found[place].append(base)
    return found


def _place(base: sp.Expr, variables: Collection[sp.Symbol] | None) -> sp.Symbol | None:
    """Return the only variable of a base that is zero where the variable is; None for others."""
    own = {x for x in base.free_symbols if isinstance(x, Component) or x in (variables or ())}
    if len(own) != 1:
        return None
    (place,) = own
    return place if _at_zero(base, place) == 0 else None


def _at_zero(expr: sp.Expr, place: sp.Symbol) -> sp.Expr:
    """Return an expression for a variable that is zero in all components."""
    sums = {part: sp.S.Zero for part in expr.atoms(Sum) if part.has(place)}
    return expr.xreplace(sums).subs(place, 0)


def _limit(term: sp.Expr, place: sp.Symbol) -> sp.Expr | None:
    """Return the mean of the limits at zero from both sides; None where there is no such number."""
    along, values = sp.Dummy("x", positive=True), []
    powers: dict[sp.Expr, tuple[sp.Expr, sp.Expr]] = {}
    for part in term.atoms(Sum):
        if part.has(place):
            power = _power(part, place)
            if power is None:
                return None
            powers[part] = power
    for side in (1, -1):
        sums = {part: sign**side * size for part, (size, sign) in powers.items()}
        at = term.xreplace(sums).xreplace({place: side * _SIZE * along})
        names = stand_ins(at, WHOLE)
        near = gathered(sp.powdenest(sp.expand_power_base(at.xreplace(names))))
        try:
            value = limit(near, _SIZE, 0)
        except NoLimitError:
            return None
        values.append(value.xreplace({symbol: part for part, symbol in names.items()}))
    value = sp.simplify(sum(values) / 2)
    made = {x for size, _ in powers.values() for x in size.free_symbols}
    infinite = any(each.has(sp.oo, -sp.oo, sp.zoo, sp.nan) for each in values)
    return None if infinite or value.has(along, *made) else value


def _power(part: sp.Expr, place: sp.Symbol) -> tuple[sp.Expr, sp.Expr] | None:
    """Return what a sum is at a distance λ, and the sign that it changes by on the other side."""
    if not isinstance(part, Total):
        return None
    (body,), size = part.args, sp.Dummy("size", positive=True)
    ratio = sp.powsimp(body.xreplace({place: -place}) / body)
    right = body.xreplace({place: size})
    degree = sp.simplify(size * sp.diff(right, size) / right)
    if degree.has(size) or ratio not in (1, -1):
        return None
    return _SIZE**degree * sp.Dummy(str(part), positive=True), ratio


def _keeps_digits(term: sp.Expr, place: sp.Symbol) -> bool:
    """Tell whether the factors of a term that vanish do so with all their digits."""
    return all(
        _is_exact(factor, place)
        for factor in sp.Mul.make_args(term)
        if factor.has(place) and _at_zero(factor, place) in (0, sp.zoo, sp.oo, -sp.oo, sp.nan)
    )


def _is_exact(expr: sp.Expr, place: sp.Symbol) -> bool:
    """Tell whether an expression is a product of powers near zero, to rounding."""
    if isinstance(expr, _EXACT) or (expr.is_Pow and not isinstance(expr, sp.exp)) or expr.is_Mul:
        return all(_is_exact(part, place) for part in expr.args if part.has(place))
    if isinstance(expr, sp.log):
        return bool(_at_zero(expr.args[0], place) == 0)
    return expr == place or isinstance(expr, Sum)


def _with_safe_bases(term: sp.Expr, poles: dict[sp.Symbol, list[sp.Expr]]) -> sp.Expr:
    """Divide by one instead of by zero, where that gives the limit; else leave a term as it is."""
    safe = _safe(term, [base for bases in poles.values() for base in bases])
    right = all(_limit(term, place) == _at_zero(safe, place) for place in poles)
    return safe if right else term


def _safe(term: sp.Expr, bases: list[sp.Expr]) -> sp.Expr:
    """Write one in the place of zero for what a term divides by, or takes the logarithm of."""

    def factor(part: sp.Expr) -> sp.Expr:
        base, exponent = part.as_base_exp()
        if isinstance(base, sp.log) and base.args[0] in bases:
            return _safe_log(base.args[0]) ** exponent
        return nonzero(base) ** exponent if base in bases else part

    return sp.Mul(*map(factor, sp.Mul.make_args(term)))


def _safe_log(base: sp.Expr) -> sp.Expr:
    """Write log(x²) as 2 log|x|, which does not lose a small x."""
    inner, exponent = base.as_base_exp()
    return exponent * sp.log(nonzero(sp.Abs(inner) if exponent.is_even else inner))


def _filled(term: sp.Expr, bases: list[sp.Expr], value: sp.Expr, place: sp.Symbol) -> sp.Expr:
    """Give a term its limit as its value where a base is zero."""
    safe = _safe(term, bases)
    if _at_zero(safe, place) == value:
        return safe
    for base in bases:
        safe = IfEqual(base, sp.S.Zero, value, safe)
    return safe


def _near(expr: sp.Expr, place: sp.Symbol) -> sp.Expr | None:
    """Write a Taylor polynomial in the place of a formula near zero; None where it has none.

    What depends on a norm may have the variable itself as a factor besides.
    """
    square = Total(place**2)
    size, norm = sp.Dummy("size", positive=True), sp.sqrt(square)
    factor, inner = sp.S.One, expr.xreplace({place: size})
    distance = sp.Abs(place)
    if expr.has(square):
        factor, distance = place, norm
        inner = sp.cancel(sp.together(expr.xreplace({square: size**2}) / place))
    if inner.has(place, Sum):
        return None
    try:
        polynomial = sp.series(inner, size, 0, 2 * _TERMS).removeO()
        terms = sp.Poly(polynomial, size).as_dict()
    except (NotImplementedError, ValueError, TypeError, PoleError, sp.PolynomialError):
        return None
    if len(terms) < 2 or polynomial.has(sp.log, sp.zoo, sp.nan, sp.oo):
        return None
    (one, first), (two, second) = sorted((n, c) for (n,), c in terms.items())[:2]
    border = (_RATIO * sp.Abs(first / second)) ** (sp.S.One / (two - one))
    within = distance if expr.has(square) else place
    near = IfLess(distance, border, within, border)
    close = factor * sp.horner(polynomial, size).xreplace({size: near})
    far = IfLess(distance, border, border, within)
    apart = expr.xreplace({place: far} if factor == 1 else {square: far**2})
    return IfLess(distance, border, close, apart)
