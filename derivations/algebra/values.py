"""How the right-hand side of an assignment is written: short, and without hidden powers."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import Total, is_component
from derivations.algebra.symbols import Component
from derivations.algebra.tidy import tidy


def written(target: sp.Symbol, value: sp.Expr) -> sp.Expr:
    """Tidy what goes into an array; keep a scalar as stated, with the limits that it has.

    Decay factors stand as symbols meanwhile: their exponents may have forty digits, which are
    no exponents for polynomial algebra.
    """
    value = value.replace(_is_hidden_power, _as_power)
    if not isinstance(target, Component):
        return sp.powsimp(value)
    powers = {part for part in value.atoms(sp.exp, sp.Pow) if _is_decay(part)}
    names = {part: sp.Dummy(str(part), positive=True) for part in powers}
    back = {symbol: part for part, symbol in names.items()}
    return tidy(value.xreplace(names)).xreplace(back)


def _is_hidden_power(part: sp.Expr) -> bool:
    """Tell whether an expression is e^(a·log b), which is the power b^a."""
    factors = sp.Mul.make_args(part.args[0]) if isinstance(part, sp.exp) else ()
    return any(isinstance(factor, sp.log) for factor in factors)


def _as_power(part: sp.Expr) -> sp.Expr:
    base = next(x.args[0] for x in sp.Mul.make_args(part.args[0]) if isinstance(x, sp.log))
    return base ** sp.expand(part.args[0] / sp.log(base))


def _is_decay(part: sp.Expr) -> bool:
    """Tell whether a power has an exponent that is no small number and no component in it."""
    base, exponent = part.as_base_exp()
    small = exponent.is_Rational and exponent.q <= 4
    return not (small or is_component(part) or part.has(Total))
