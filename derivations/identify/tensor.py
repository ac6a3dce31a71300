"""Metrics, told apart from kinetic energies: v = (1/√g) u(X/√g) with g of the metric's moments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import sympy as sp

from derivations.algebra.components import Total
from derivations.algebra.matrices import Singular
from derivations.algebra.symbols import Component, X
from derivations.algebra.tidy import tidy
from derivations.identify.points import is_positive, read_among, reads, same
from derivations.identify.scalars import Step, at_ones, put, short, smooth, split
from derivations.identify.velocity import quartic_parameters


@dataclass(frozen=True)
class Scaled:
    """A velocity as number·u(X/√g)/√g; `flat` is u, and `apart` says that g was found.

    Where no g is, it is one, and `flat` still reads the moments of the metric.
    """

    number: sp.Expr
    tensor: sp.Expr
    flat: sp.Expr
    apart: bool = True


def scaled(velocity: sp.Expr, moments: Iterable[sp.Symbol]) -> Scaled:
    """Part a velocity into a number, a metric and a velocity that reads X alone."""
    found = _scaled(velocity.replace(Singular, _unscaled), tuple(moments))
    quartic = quartic_parameters(found.flat)
    if quartic is None:
        return found
    angle = next(part for part in found.flat.atoms(sp.sinh) if part.has(X))
    mass = quartic[0]
    flat = X / (mass + sp.Rational(4, 3) * mass * angle**2)
    number = found.flat / flat
    if reads(number, (x for x in number.free_symbols if isinstance(x, Component))):
        return found
    return replace(found, number=short(found.number * at_ones(number)), flat=flat)


def _unscaled(body: sp.Expr, x: sp.Symbol, array: sp.Expr) -> sp.Expr:
    """Take a positive number, or minus one, out of the array that is read as a matrix."""
    number = array / X
    if not reads(number, (y for y in number.free_symbols if isinstance(y, Component))):
        for sign in (1, -1):
            size = sign * at_ones(number)
            if is_positive(size):
                return sign * Singular(body.xreplace({x: size * x}), x, X)
    return Singular(body, x, array)


def _scaled(velocity: sp.Expr, moments: tuple[sp.Symbol, ...]) -> Scaled:
    own = read_among(velocity, moments)
    if not own:
        number, flat = split(_settled(velocity, moments))
        return Scaled(number, sp.S.One, flat)
    for inverse, power in _inverses(velocity):
        number, own_part = split(inverse)
        tensor = tidy(own_part ** (-power))
        if not is_positive(tensor, where_real=True):
            continue
        root = sp.sqrt(tensor)
        flat = root * velocity.xreplace({X: X * root}) / number
        if not reads(flat, own):
            return Scaled(number, tensor, _settled(flat, own))
    number, flat = split(velocity)
    return Scaled(number, sp.S.One, flat, apart=False)


def _inverses(velocity: sp.Expr) -> Iterator[tuple[sp.Expr, sp.Expr]]:
    """Yield what may be a number times a power of 1/g: the slope at rest, the size at one."""
    ratio = velocity / X
    if not reads(ratio, (X,)):
        still = put(ratio, {X: sp.S.Zero})
        yield ratio.xreplace({X: sp.S.One}) if _is_undefined(still) else still, sp.S.One
    rest = put(ratio, {X: sp.S.Zero})
    if not _is_undefined(rest):
        yield rest, sp.S.One
    rest = put(sp.diff(smooth(velocity), X), {X: sp.S.Zero})
    if rest != 0 and not rest.has(Step, sp.nan, sp.zoo, sp.oo, sp.Subs, sp.Derivative):
        yield rest, sp.S.One
    double = velocity.xreplace({X: 2 * X}) / velocity
    if not reads(double, (x for x in double.free_symbols if isinstance(x, Component))):
        degree = sp.simplify(sp.log(at_ones(double)) / sp.log(2))
        unit = velocity.xreplace({X: sp.S.One}).replace(Total, lambda part: part)
        yield unit, 2 / (degree + 1)


def _is_undefined(expr: sp.Expr) -> bool:
    return expr == 0 or expr.has(sp.nan, sp.zoo, sp.oo)


def _settled(flat: sp.Expr, gone: Iterable[sp.Symbol]) -> sp.Expr:
    """Write a formula without symbols that it does not depend on."""
    gone = tuple(gone)
    if same(flat, X):
        return X
    short = tidy(flat)
    if not short.free_symbols & set(gone):
        return short
    for value in (sp.S.Zero, sp.S.One):
        plain = put(flat, dict.fromkeys(gone, value))
        if not plain.has(sp.nan, sp.zoo, sp.oo) and same(plain, flat):
            return tidy(plain)
    return sp.simplify(flat)
