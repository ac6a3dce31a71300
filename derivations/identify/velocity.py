"""Velocity fields: whether one is the gradient of a kinetic energy, and of which.

ẇ = −∇κ(X) needs ∂vᵢ/∂Xⱼ = ∂vⱼ/∂Xᵢ. In one-component algebra second derivatives across components
are not right, so the test writes coordinates out, with metric states of their own in each.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

import sympy as sp
from sympy.integrals.manualintegrate import manualintegrate

from derivations.algebra.components import Total
from derivations.algebra.cubic import written_out
from derivations.algebra.matrices import SINGULAR_VALUE, Singular, SingularTotal
from derivations.algebra.symbols import Component, X, k
from derivations.algebra.tidy import tidy
from derivations.errors import NotHamiltonianError
from derivations.identify.cases import DECIDED
from derivations.identify.points import is_positive, reads, same, vanishes
from derivations.identify.scalars import at_ones, put, short
from derivations.system import energies

_SPEED = sp.Symbol("x", nonnegative=True)


def check_curl(velocity: sp.Expr) -> None:
    """Refuse a velocity whose curl does not vanish, and show the curl."""
    if not any(part.has(X) for part in velocity.atoms(Total)):
        return
    for signs in product((1, -1), repeat=2):
        first, second = (_written_out(velocity, index, signs) for index in (0, 1))
        a, b = (_coordinate(X, index) for index in (0, 1))
        curl = signs[1] * sp.diff(first, b) - signs[0] * sp.diff(second, a)
        if not vanishes(curl):
            raise NotHamiltonianError(
                "the velocity is the gradient of no kinetic energy, because its curl is not zero: "
                "∂v₁/∂X₂ − ∂v₂/∂X₁ (d = 2)",
                sp.factor_terms(sp.factor(curl)),
            )


def _coordinate(symbol: Component, index: int) -> sp.Symbol:
    """One coordinate of an array, as a positive number."""
    return sp.Symbol(f"{symbol.name}{index + 1}", positive=True)


def _written_out(expr: sp.Expr, index: int, signs: tuple[int, ...]) -> sp.Expr:
    """Write a formula out in two coordinates, in one quadrant of X."""

    def at(part: sp.Expr, place: int) -> sp.Expr:
        return part.xreplace(
            {
                x: (signs[place] if x == X else 1) * _coordinate(x, place)
                for x in part.free_symbols
                if isinstance(x, Component)
            }
        )

    sums = {
        part: sp.Add(*(at(part.args[0], place) for place in range(2))) for part in expr.atoms(Total)
    }
    return at(expr.xreplace(sums), index)


def kinetic(velocity: sp.Expr) -> sp.Expr:
    """Return κ with ∇κ = velocity: a sum of integrals, a function of one sum, or along rays."""
    for way in (_of_singular_values, _quartic, _bent, _componentwise, _of_one_sum, _along_rays):
        found = way(velocity)
        if found is not None:
            return found
    raise NotHamiltonianError(
        "the velocity is curl-free, but its kinetic energy ∫₀¹ X·v(λX) dλ has no closed form that "
        "could be found and checked",
        velocity,
    )


def _of_singular_values(velocity: sp.Expr) -> sp.Expr | None:
    """κ = ΣF(σ) over the singular values σ of X, where v = U F′(σ) Vᵀ."""
    number, own = velocity.as_independent(Singular, as_Add=False)
    if not isinstance(own, Singular) or own.array != X or reads(number, _arrays(number)):
        return None
    area = _antiderivative(own.body.xreplace({SINGULAR_VALUE: _SPEED}), _SPEED)
    if area is None:
        return None
    return number * SingularTotal(area.xreplace({_SPEED: SINGULAR_VALUE}), SINGULAR_VALUE, X)


def _quartic(velocity: sp.Expr) -> sp.Expr | None:
    """The quartic energy, whose velocity is X/(m + β₃s²) at the speed s, in its sinh form."""
    found = quartic_parameters(velocity)
    if found is None:
        return None
    mass, beta_3 = found
    kappa = energies.quartic(X, sp.S.One, mass, beta_3) * k
    whole = written_out(sp.diff(kappa, X))
    number = velocity / whole
    if reads(number, _arrays(number)):
        return None
    return at_ones(number) * kappa


def quartic_parameters(velocity: sp.Expr) -> tuple[sp.Expr, sp.Expr] | None:
    """Return m and β₃ of the angle asinh(√(27β₃X²/4m³)), if a velocity has one."""
    angles = {part.args[0] for part in velocity.atoms(sp.asinh) if part.has(X)}
    if len(angles) != 1 or not velocity.has(sp.sinh):
        return None
    (angle,) = angles
    share = short(sp.Rational(4, 27) * angle**2 / Total(X**2))
    if share.has(Total, X) or share.free_symbols & set(_arrays(share)):
        return None
    beta_3, cube = sp.fraction(share)
    mass = sp.powdenest(sp.root(cube, 3))
    if any(part.exp.is_Rational and part.exp.q != 1 for part in mass.atoms(sp.Pow)):
        mass, beta_3 = sp.S.One, share
    return mass, beta_3


def _arrays(expr: sp.Expr) -> list[sp.Symbol]:
    return [x for x in expr.free_symbols if isinstance(x, Component)]


def _componentwise(velocity: sp.Expr) -> sp.Expr | None:
    """κ = Σ∫v dX, where no sum over components reads X."""
    if any(part.has(X) for part in velocity.atoms(Total)):
        return None
    whole = _even(velocity) or _antiderivative(velocity, X)
    if whole is None:
        whole = _area(velocity)
    return Total(whole)


def _area(velocity: sp.Expr) -> sp.Expr:
    """Write ∫v dX as an integral, over the size of X where v is odd and has signs in it."""
    if velocity.has(*DECIDED) and is_odd(velocity):
        return sp.Integral(velocity.xreplace({X: _SPEED}), (_SPEED, 0, sp.Abs(X)))
    speed = sp.Symbol("x", real=True)
    return sp.Integral(velocity.xreplace({X: speed}), (speed, 0, X))


def _bent(velocity: sp.Expr) -> sp.Expr | None:
    """κ of an odd velocity that is one formula below a size of X, and another above it."""
    if any(part.has(X) for part in velocity.atoms(Total)) or not is_odd(velocity):
        return None
    size = sp.Symbol("_size", positive=True)
    speed = velocity.xreplace({X: size})
    parts = [x for x in speed.atoms(sp.Max, sp.Min, sp.Piecewise) if x.has(size)]
    edges = {edge for part in parts for edge in _edges(part, size)}
    if len(edges) != 1:
        return None
    edge = edges.pop()
    below, above = (_branch(speed, parts, {size: edge * n}) for n in (sp.S.Half, sp.Integer(2)))
    low, high = (None if x is None else _antiderivative(x, size) for x in (below, above))
    if low is None or high is None:
        return None
    start = put(low, {size: sp.S.Zero})
    whole = sp.Min(sp.Abs(X), edge)
    far = high.xreplace({size: sp.Abs(X) + edge - whole}) - high.xreplace({size: edge})
    kappa = sp.expand(low.xreplace({size: whole}) - start) + sp.expand(far)
    if start.has(sp.nan, sp.zoo, sp.oo) or not same(sp.diff(kappa, X), velocity):
        return None
    return Total(kappa)


def _edges(part: sp.Basic, size: sp.Symbol) -> Iterator[sp.Expr]:
    """Yield the positive sizes at which arguments of a maximum, or sides of a test, meet."""
    if isinstance(part, sp.Piecewise):
        tests = [test for _, test in part.args if isinstance(test, sp.Rel)]
        gaps = [test.lhs - test.rhs for test in tests]
    else:
        gaps = [a - b for a, b in combinations(part.args, 2)]
    for gap in gaps:
        top = sp.numer(sp.together(gap))
        if top.is_polynomial(size) and sp.degree(top, size) == 1:
            edge = short(-top.coeff(size, 0) / sp.expand(top).coeff(size, 1))
            if is_positive(edge):
                yield edge


def _branch(speed: sp.Expr, parts: list[sp.Expr], at: dict[sp.Symbol, sp.Expr]) -> sp.Expr | None:
    """Write a formula with the branch that each part of it takes at a size."""
    for part in sorted(parts, key=sp.count_ops, reverse=True):
        piecewise = isinstance(part, sp.Piecewise)
        options = [value for value, _ in part.args] if piecewise else part.args
        value = put(part, at)
        taken = next((x for x in options if same(put(x, at), value)), None)
        if taken is None:
            return None
        speed = speed.xreplace({part: taken})
    return speed


def _even(velocity: sp.Expr) -> sp.Expr | None:
    """Integrate an odd velocity over the size of X."""
    if not same(velocity.xreplace({X: -X}), -velocity):
        return None
    size = sp.Symbol("_size", positive=True)
    area = _antiderivative(velocity.xreplace({X: size}), size)
    if area is None:
        return None
    for x in (X, sp.Abs(X)):
        whole = area.xreplace({size: x})
        if same(sp.diff(whole, X).doit(), velocity):
            return whole
    return None


def _of_one_sum(velocity: sp.Expr) -> sp.Expr | None:
    """κ = F(q) of one sum q = Σb(X), where v = F′(q) b′(X)."""
    sums = [part for part in velocity.atoms(Total) if part.has(X)]
    if len(sums) != 1:
        return None
    (whole,) = sums
    size = sp.Symbol("_sum", positive=True)
    slope = sp.diff(whole.args[0], X)
    rate = tidy(velocity.xreplace({whole: size}) / slope)
    if not _is_number(rate):
        rate = sp.simplify(rate)
        if not _is_number(rate):
            return None
    area = _antiderivative(rate, size)
    if area is None:
        area = sp.Integral(rate.xreplace({size: _SPEED}), (_SPEED, 0, size))
    return area.xreplace({size: whole})


def _is_number(expr: sp.Expr) -> bool:
    return not any(isinstance(x, Component) for x in expr.free_symbols)


def _along_rays(velocity: sp.Expr) -> sp.Expr | None:
    """κ = ∫₀¹ X·v(λX) dλ."""
    part = sp.Symbol("_part", positive=True)
    along = sp.expand(Total(X * velocity.xreplace({X: part * X})))
    names = {
        x: sp.Dummy(positive=True if x.is_nonnegative else None, real=True)
        for x in along.atoms(Total)
    }
    area = _antiderivative(along.xreplace(names), part)
    if area is None:
        return None
    whole = sp.simplify(area.subs(part, 1) - area.subs(part, 0))
    whole = whole.xreplace({name: x for x, name in names.items()})
    return None if whole.has(sp.nan, sp.zoo, sp.oo) else whole


def _antiderivative(expr: sp.Expr, variable: sp.Symbol) -> sp.Expr | None:
    """Integrate, and check by the derivative; None where there is no closed form."""
    chained = _chained(expr, variable)
    if chained is not None:
        return tidy(chained)
    slow = expr.atoms(sp.asinh, sp.Max, sp.Min)  # for which the search for a closed form takes long
    if any(part.has(variable) for part in slow):
        return None
    numbers = {part: sp.Dummy(positive=part.is_positive) for part in slow}
    if numbers:
        found = _antiderivative(expr.xreplace(numbers), variable)
        back = {name: part for part, name in numbers.items()}
        return None if found is None else found.xreplace(back)
    for form in dict.fromkeys((expr, sp.expand(expr), sp.factor(expr))):
        try:
            found = manualintegrate(form, variable)
        except (NotImplementedError, ValueError, TypeError, RecursionError):
            continue
        if found.has(sp.Integral, sp.Piecewise) and not expr.has(sp.Piecewise):
            continue
        if same(sp.diff(found, variable), expr):
            return tidy(found)
    return None


def _chained(expr: sp.Expr, variable: sp.Symbol) -> sp.Expr | None:
    """Find an integral that is a power or the logarithm of a part of the formula."""
    powers = [p for p in expr.atoms(sp.Pow) if p.has(variable)]
    for part in sorted(powers, key=lambda p: (-sp.count_ops(p.base), sp.default_sort_key(p))):
        power = part.exp + 1
        area = sp.log(part.base) if power == 0 else part.base**power
        slope = sp.diff(area, variable)
        if slope != 0 and not reads(expr / slope, (variable,)):
            number = sp.simplify(expr / slope)
            if not number.has(variable):
                return number * area
    return None


def is_odd(velocity: sp.Expr) -> bool:
    """Whether the velocity of −X is the opposite one."""
    return same(velocity.xreplace({X: -X}), -velocity)


def reads_moment(velocity: sp.Expr) -> bool:
    """Whether the velocity depends on X at all."""
    return reads(velocity, (X,))
