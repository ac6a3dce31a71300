r"""The form of an expression that a person would write down: the shortest of a few equal ones.

SymPy's own `simplify` is slow and treats sums over components as unknown functions; here the
sums are tidied inside, then stand as symbols, and three rewritings suit the energies of
optimizers: :math:`\sinh/\cosh`, :math:`x\,\mathrm{sign}(x)`, and fractions that contain a root.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import permutations

import sympy as sp

from derivations.algebra.components import Coupled, Sum, Total, is_component
from derivations.algebra.symbols import Component

#: Stands for a square root while fractions of it are reduced.
_ROOT = sp.Dummy("r", positive=True)


@lru_cache(maxsize=4096)
def tidy(expr: sp.Expr) -> sp.Expr:
    r"""Return the shortest of a few forms equal to `expr`.

    >>> from derivations.algebra.components import norm2, slope
    >>> from derivations.algebra.symbols import X, parameter
    >>> delta = parameter("delta")
    >>> kinetic = norm2(X) / (1 + sp.sqrt(1 + delta * norm2(X)))
    >>> tidy(slope(kinetic, X))
    X/sqrt(delta*Total(X**2) + 1)
    """
    if not isinstance(expr, sp.Expr) or expr.is_Atom:
        return expr
    expr = expr.xreplace({part: Total(tidy(part.args[0])) for part in expr.atoms(Total)})
    expr = expr.xreplace({part: part.func(*map(tidy, part.args)) for part in _of_arrays(expr)})
    parts = sorted(expr.atoms(Sum, Coupled), key=str)
    symbols = {part: _symbol(n, bool(part.is_nonnegative)) for n, part in enumerate(parts)}
    sums = {symbol: part for part, symbol in symbols.items()}
    return _with_sizes(_rewritten(expr.xreplace(symbols))).xreplace(sums)


def _with_sizes(expr: sp.Expr) -> sp.Expr:
    """Shorten with a positive symbol for each |x| that has a power without a number."""
    names = sizes(expr)
    if not names:
        return _shortest(expr)
    joined = sp.powsimp(sp.powdenest(expr.xreplace(names)))
    short = min(_shortest(joined), joined, key=sp.count_ops)
    return short.xreplace({name: size for size, name in names.items()})


def sizes(expr: sp.Expr) -> dict[sp.Expr, sp.Dummy]:
    """Return a positive symbol for each |x| in an expression that raises one to a symbol's power.

    |x|^a/|x| is |x|^(a−1) then, which is defined at rest for a > 1.
    """
    powers = (part for part in expr.atoms(sp.Pow) if isinstance(part.base, sp.Abs))
    if all(part.exp.is_number for part in powers):
        return {}
    return {part: sp.Dummy("x", positive=True) for part in expr.atoms(sp.Abs)}


def _of_arrays(expr: sp.Expr) -> set[sp.Expr]:
    """The functions of whole arrays in `expr`, outside any sum over components."""
    return expr.atoms(Sum, Coupled) - expr.atoms(Total)


@lru_cache(maxsize=64)
def _symbol(number: int, positive: bool) -> sp.Dummy:
    """The symbol of a sum by its place, with its sign, so that roots of it simplify alike.

    The same one each time, so that SymPy knows again what it has seen before.
    """
    return sp.Dummy(f"q{number}", **({"positive": True} if positive else {"real": True}))


def _rewritten(expr: sp.Expr) -> sp.Expr:
    """Write sinh/cosh as tanh, x·sign(x) as |x| and e^(a log b) as b^a, if that shortens."""
    tangent = expr.replace(sp.sinh, lambda angle: sp.tanh(angle) * sp.cosh(angle))
    unsigned = tangent.replace(lambda part: part.is_Mul and part.has(sp.sign), _unsigned)
    powers = unsigned.replace(sp.exp, _power)
    return min((expr, tangent, unsigned, powers), key=sp.count_ops)


def _power(exponent: sp.Expr) -> sp.Expr:
    """Write e^(a log b) as b^a."""
    for factor in sp.Mul.make_args(exponent):
        if isinstance(factor, sp.log):
            return factor.args[0] ** (exponent / factor)
    return sp.exp(exponent)


def _unsigned(product: sp.Expr) -> sp.Expr:
    for sign in product.args:
        if isinstance(sign, sp.sign):
            value = sign.args[0]
            if value in product.args:
                return product / (value * sign) * sp.Abs(value)
            if sp.Abs(value) in product.args:
                return product / (sp.Abs(value) * sign) * value
    return product


def _shortest(expr: sp.Expr) -> sp.Expr:
    if expr.is_Add:
        apart = _apart(expr)
        if apart is not None:
            return apart[0] + _shortest(apart[1])
        expr = _grouped(expr)
    common = sp.factor_terms(expr, sign=False)
    forms = (common, expr, sp.together(expr), sp.factor(expr), sp.expand_mul(expr))
    return min((*forms, *_without_roots(expr)), key=sp.count_ops)


def _apart(expr: sp.Expr) -> tuple[sp.Expr, sp.Expr] | None:
    """Split a component that a product is added to, as w in w − lr·X, from the product.

    Nothing can be factored out of both where the product does not have the component, and has no
    sum of others among its factors.
    """
    for one, other in permutations(expr.args) if len(expr.args) == 2 else ():
        sums = (factor for factor in sp.Mul.make_args(other) if factor.is_Add)
        if isinstance(one, Component) and not other.has(one) and not any(map(is_component, sums)):
            return one, other
    return None


def _grouped(expr: sp.Expr) -> sp.Expr:
    """Tidy the terms with the same roots and functions together, apart from the others."""
    groups: dict[frozenset[sp.Expr], list[sp.Expr]] = {}
    for term in expr.args:
        key = frozenset(term.atoms(sp.Function)) | frozenset(map(_radicand, _roots(term)))
        groups.setdefault(key, []).append(term)
    if len(groups) == 1:
        return expr
    return sp.Add(*(_shortest(sp.Add(*terms)) for terms in groups.values()))


def _roots(expr: sp.Expr) -> list[sp.Expr]:
    """The odd powers of square roots in `expr`, in an order that does not change."""
    roots = [part for part in expr.atoms(sp.Pow) if part.exp.is_Rational and part.exp.q == 2]
    return sorted((root for root in roots if root.base.is_Add), key=sp.default_sort_key)


def _radicand(root: sp.Expr) -> sp.Expr:
    return root.base


def _without_roots(expr: sp.Expr) -> Iterator[sp.Expr]:
    """Reduce fractions by r² = a + b vⁿ: with r for the root, vⁿ = (r² − a)/b is rational in r."""
    for radicand in dict.fromkeys(map(_radicand, _roots(expr))):
        rational = expr.replace(
            lambda part, base=radicand: part.is_Pow and part.base == base,
            lambda part: _ROOT ** (2 * part.exp),
        )
        variables = radicand.free_symbols & rational.free_symbols
        for variable in sorted(variables, key=sp.default_sort_key):
            if not radicand.is_polynomial(variable):
                continue
            terms = sp.Poly(radicand, variable).as_dict()
            power = max(degree for (degree,) in terms)
            if power and set(terms) <= {(0,), (power,)}:
                value = (_ROOT**2 - terms.get((0,), 0)) / terms[(power,)]
                reduced = _reduced(rational, variable, power, value)
                if reduced is not None:
                    yield reduced.xreplace({_ROOT: sp.sqrt(radicand)})


def _reduced(expr: sp.Expr, variable: sp.Symbol, power: int, value: sp.Expr) -> sp.Expr | None:
    """Put `value` for the power of `variable` in a fraction, and cancel; None if it is no such."""
    top, bottom = sp.fraction(sp.together(expr))
    if not (top.is_polynomial(variable) and bottom.is_polynomial(variable)):
        return None

    def put(part: sp.Expr) -> sp.Expr:
        terms = sp.Poly(part, variable).as_dict().items()
        return sp.Add(
            *(
                factor * variable ** (degree % power) * value ** (degree // power)
                for (degree,), factor in terms
            )
        )

    return sp.factor(put(top) / put(bottom))
