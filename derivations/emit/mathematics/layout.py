r"""In which order a person writes a formula; both printers of mathematics follow it.

Constants stand before vectors, as in :math:`\frac{c^2}{h}\,\partial_i L - \gamma X_i`; what has
a fraction or a sign of its own, such as an integral, stands beside a fraction and not in it; a
sum does not begin with a minus sign if it can begin without one.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp
from sympy.printing.conventions import split_super_sub
from sympy.printing.pretty.pretty_symbology import greek_unicode

from derivations.algebra.components import Total, is_component
from derivations.algebra.forms import OneForm, Wedge
from derivations.algebra.matrices import OfMatrix, SingularTotal
from derivations.algebra.notation import Notation, Partial
from derivations.algebra.symbols import Component, G, L, U

#: Hyperparameters that a letter stands for in print.
LETTERS = {
    "lr": "eta",
    "momentum": "mu",
    "weight_decay": "lambda",
    "noise": "xi",
    "temperature": "theta",
    "eps": "epsilon",
    "sharpness": "sigma",
    "count": "t",
}
#: Indices of components, from the outside inwards; k is the unit of information.
INDICES = "ijlmn"


@dataclass(frozen=True)
class Name:
    """A symbol's name as it is written: a letter or an upright word, with indices below."""

    base: str
    below: tuple[str, ...] = ()

    @property
    def is_word(self) -> bool:
        """Whether the base is a word, to be set upright."""
        return len(self.base) > 1 and self.base not in greek_unicode


def name(symbol: sp.Symbol) -> Name:
    """Split a symbol's name into a letter and its indices, or take it as a word.

    >>> name(sp.Symbol("lr")), name(sp.Symbol("beta_0")), name(sp.Symbol("step_size"))
    (Name(base='eta', below=()), Name(base='beta', below=('0',)), Name(base='step size', below=()))
    """
    if symbol.name in LETTERS:
        return Name(LETTERS[symbol.name])
    base, above, below = split_super_sub(symbol.name)
    if base in LETTERS:
        return Name(LETTERS[base], (*above, *below))
    parts = (base, *above, *below)
    if len(parts) > 1 and any(len(part) > 2 and part not in greek_unicode for part in parts):
        return Name(symbol.name.replace("_", " "))
    return Name(base, (*above, *below))


@dataclass(frozen=True)
class Product:
    """A product as it is written: sign, the fraction's two rows of factors, factors behind it."""

    negative: bool
    top: tuple[sp.Expr, ...]
    bottom: tuple[sp.Expr, ...]
    behind: tuple[sp.Expr, ...]


def product(expr: sp.Expr) -> Product:
    r"""Sort the factors of a product.

    >>> from derivations.algebra.symbols import G, c, h
    >>> product(-G * c**2 / h)
    Product(negative=True, top=(c**2,), bottom=(h,), behind=(G,))
    """
    top: list[sp.Expr] = []
    bottom: list[sp.Expr] = []
    for factor in sp.Mul.make_args(expr):
        if factor.is_Rational:
            top += [sp.Integer(abs(factor.p))] if abs(factor.p) != 1 else []
            bottom += [sp.Integer(factor.q)] if factor.q != 1 else []
        elif factor.is_Float:
            top += [abs(factor)] if abs(factor) != 1 else []
        elif factor.is_Pow and is_negative(factor.exp):
            bottom.append(1 / factor)
        else:
            top.append(factor)
    beside = [factor for factor in top if _stands_beside(factor) or is_component(factor)]
    scalars = [factor for factor in top if factor not in beside]
    flat = len(beside) == 1 and not _stands_beside(beside[0])
    if not bottom:
        return Product(is_negative(expr), (), (), _sorted(top))
    if any(map(is_component, bottom)) or (flat and not scalars):
        return Product(is_negative(expr), _sorted(top), _sorted(bottom), ())
    return Product(is_negative(expr), _sorted(scalars), _sorted(bottom), _sorted(beside))


def terms(expr: sp.Expr) -> list[sp.Expr]:
    """Return the terms of a sum: constants, state, loss, heat; minus signs, sums and O(x) later."""
    return sorted(
        expr.as_ordered_terms(),
        key=lambda term: (term.is_Order, _has_sum(term), is_negative(term), _place(term)),
    )


def is_negative(expr: sp.Expr) -> bool:
    """Tell whether an expression is printed with a minus sign in front."""
    return bool(expr.as_coeff_Mul()[0].is_negative)


def is_norm(expr: sp.Basic) -> bool:
    """Tell whether a total is the squared norm of a vector, which has a sign of its own."""
    body = expr.args[0] if isinstance(expr, Total) else sp.S.Zero
    return body.is_Pow and body.exp == 2 and isinstance(body.base, Component)


def is_scalar_product(expr: sp.Expr) -> bool:
    """Tell whether a total is the scalar product of two vectors."""
    body = expr.args[0] if isinstance(expr, Total) else sp.S.Zero
    return body.is_Mul and len(body.args) == 2 and all(isinstance(f, Component) for f in body.args)


def is_sum(expr: sp.Expr) -> bool:
    """Tell whether an expression is printed with a summation sign in front."""
    if isinstance(expr, SingularTotal):
        return not is_nuclear(expr)
    if not isinstance(expr, Total) or expr.args[0] == 1:
        return False
    one_norm = isinstance(expr.args[0], sp.Abs) and isinstance(expr.args[0].args[0], Component)
    return not (is_norm(expr) or is_scalar_product(expr) or one_norm)


def is_nuclear(expr: SingularTotal) -> bool:
    """Tell whether a sum over singular values is that of themselves, which is a norm."""
    return bool(expr.body == expr.args[1])


def is_bracketed_base(expr: sp.Expr) -> bool:
    """Tell whether the base of a power needs brackets, since it is written with several signs."""
    return isinstance(expr, (Total, Notation, OfMatrix)) or expr == G


def is_open(expr: sp.Expr) -> bool:
    """Tell whether what follows an expression would seem to belong to it."""
    return expr.is_Add or is_sum(expr) or isinstance(expr, (sp.Integral, sp.Limit, sp.Piecewise))


def _place(term: sp.Expr) -> tuple[int, bool]:
    """Constants come first, then what depends on the moments or weights, the loss, the heat."""
    if term.is_Symbol:
        return 1, True
    letters = term.free_symbols
    kinds = (letters & {U}, letters & {L, G}, any(isinstance(x, Component) for x in letters))
    return next((3 - n for n, found in enumerate(kinds) if found), 0), not term.is_Number


def _has_sum(term: sp.Expr) -> bool:
    return any(map(is_sum, sp.Mul.make_args(term)))


def _stands_beside(factor: sp.Expr) -> bool:
    """Tell whether a factor has a fraction or a sign of its own, which a fraction would squeeze."""
    root = factor.base if factor.is_Pow and factor.exp == sp.S.Half else sp.S.One
    return (
        any(sp.fraction(term)[1] != 1 for term in sp.Add.make_args(root))
        or is_sum(factor)
        or is_scalar_product(factor)
        or isinstance(factor, (sp.Integral, sp.Derivative, sp.Limit, sp.Piecewise, Partial))
    )


def _sorted(factors: list[sp.Expr]) -> tuple[sp.Expr, ...]:
    """Numbers, constants (Greek first, capitals last), functions, sums; then components in like
    order; derivatives and differentials at the end.
    """

    def rank(factor: sp.Expr) -> tuple[object, ...]:
        base = factor.base if factor.is_Pow else factor
        plain = base.is_Symbol and (base == factor or factor.exp.is_Integer)
        kind = 0 if factor.is_Number else 1 if plain else 3 if is_open(base) else 2
        letter = name(base).base if base.is_Symbol else ""
        spelling = (letter[:1].isupper(), letter not in greek_unicode, letter)
        group = next((n for n, last in enumerate(_LAST, 2) if isinstance(factor, last)), None)
        if group is None:
            group = int(is_component(factor))
        return group, kind, spelling, sp.default_sort_key(factor)

    return tuple(sorted(factors, key=rank))


#: What stands at the end of a product, in this order.
_LAST = ((Partial, sp.Derivative), (OneForm, Wedge))
