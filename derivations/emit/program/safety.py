"""What can go wrong in a step after it has written: factors that are not defined, and overflow."""

from __future__ import annotations

import math
from collections.abc import Collection
from functools import partial

import sympy as sp

from derivations.algebra.components import is_component
from derivations.algebra.symbols import Component
from derivations.emit.arrays.infix import Hoist
from derivations.emit.program.norms import Hypot
from derivations.emit.program.program import Program

#: The largest power of gradients and states that does not overflow where these are not huge.
_MOST = 3
#: Functions that stay within bounds, and those that grow like their arguments.
_BOUNDED = (sp.sign, sp.tanh, sp.sin, sp.cos, sp.atan, sp.asin, sp.acos)
_LINEAR = (sp.Abs, sp.Max, sp.Min, sp.floor, sp.ceiling, sp.log, sp.asinh, Hypot)


def may_be_refused_late(program: Program, shares: Collection[str] = ()) -> bool:
    """Tell whether a step may be refused when something is written already.

    So it is where a gradient is due in mid-step, where factors that are computed after the first
    writing may be undefined, and where numbers may overflow although no gradient is huge. `shares`
    are the names of parameters from zero to one.

    >>> from derivations.algebra.components import Total
    >>> from derivations.emit.program.program import program
    >>> from derivations.step.rule import Rule, Stage
    >>> from derivations.algebra.symbols import X, lr, w
    >>> length = sp.sqrt(Total(X**2))
    >>> cool = Stage("C", ((X, X / 2 + w),))
    >>> drifts = (Stage("D", ((w, w - lr * X / size),)) for size in (length, 1 + length))
    >>> [may_be_refused_late(program(Rule("normed", (cool, drift)))) for drift in drifts]
    [True, False]
    """
    return len(program.segments) > 1 or not (is_sure(program) and is_tame(program, shares))


def is_sure(program: Program) -> bool:
    """Tell whether no number that a phase needs can be undefined once something is written."""
    written = False
    for phase in program.phases:
        hoist = Hoist()
        for item in phase.work:
            hoist(item.value)
        if written and not all(map(_is_defined, hoist.names)):
            return False
        written = written or bool(phase.writes and phase.written)
    return True


def _is_defined(number: sp.Expr) -> bool:
    """Tell whether a formula of numbers has a finite value, as far as signs say it."""
    for part in number.atoms(sp.Pow, sp.Function):
        if isinstance(part, Hypot):
            sure = True
        elif isinstance(part, sp.exp):
            sure = part.args[0].is_nonpositive
        elif isinstance(part, sp.log):
            sure = part.args[0].is_positive
        else:
            base, exponent = part.as_base_exp()
            is_plain = exponent.is_integer and exponent.is_nonnegative
            sure = is_plain or base.is_positive or (base.is_nonnegative and exponent.is_nonnegative)
        if not sure:
            return False
    return True


def is_tame(program: Program, shares: Collection[str] = ()) -> bool:
    """Tell whether what is written grows no faster than a low power of gradients and states."""
    powers: dict[sp.Symbol, float] = {}
    for _ in range(_MOST + 1):
        before = dict(powers)
        for item in (item for phase in program.phases for item in phase.work):
            if isinstance(item.target, Component):
                grown = growth(item.value, powers, shares)
                powers[item.target] = max(powers.get(item.target, 1.0), grown)
        if powers == before:
            return max(powers.values(), default=0.0) <= _MOST
    return False


def growth(value: sp.Expr, powers: dict[sp.Symbol, float], shares: Collection[str] = ()) -> float:
    """Return the power of components that bounds a value; infinite where none does."""
    if not is_component(value):
        return 0.0
    if value.is_Symbol:
        return powers.get(value, 1.0)
    inner = partial(growth, powers=powers, shares=shares)
    if value.is_Add or isinstance(value, _LINEAR):
        return max(map(inner, value.args))
    if value.is_Mul:
        return sum(map(inner, value.args))
    if isinstance(value, _BOUNDED):
        return 0.0
    if isinstance(value, sp.exp):
        return 0.0 if value.args[0].is_nonpositive else math.inf
    if value.is_Pow and value.exp.is_number:
        if value.exp.is_negative:
            return 0.0 if _is_bounded_below(value.base, shares) else math.inf
        return inner(value.base) * float(value.exp)
    return math.inf


def _is_bounded_below(value: sp.Expr, shares: Collection[str]) -> bool:
    """Tell whether a value stays above a positive number: it has one among its terms."""
    terms = sp.Add.make_args(value)
    numbers = [term for term in terms if not is_component(term) and not term.is_zero]
    if numbers and all(_is_nonnegative(term, shares) for term in terms):
        return True
    return value.is_Pow and value.exp.is_positive and _is_bounded_below(value.base, shares)


def _is_nonnegative(value: sp.Expr, shares: Collection[str]) -> bool:
    """Tell whether a value has no negative sign, where `shares` name numbers from zero to one."""
    inner = partial(_is_nonnegative, shares=shares)
    if value.is_nonnegative:
        return True
    if value.is_Mul or isinstance(value, sp.Min):
        return all(map(inner, value.args))
    if isinstance(value, sp.Max):
        return any(map(inner, value.args))
    if value.is_Pow and not isinstance(value, sp.exp):
        return bool(value.exp.is_even or inner(value.base))
    return value.is_Add and (_is_share(1 - value, shares) or all(map(inner, value.args)))


def _is_share(value: sp.Expr, shares: Collection[str]) -> bool:
    """Tell whether a value is a product of powers of numbers from zero to one."""
    for factor in sp.Mul.make_args(value):
        base, exponent = factor.as_base_exp()
        if not (base.is_Symbol and base.name in shares and exponent.is_nonnegative):
            return False
    return True
