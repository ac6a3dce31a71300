"""Values at points, by which a form is guessed before it is proved.

A formula of one-component algebra is evaluated in four coordinates at pseudo-random points, in
complex doubles. What this says is never a proof: it chooses what is then proved, or refused with
a witness.
"""

from __future__ import annotations

import cmath
import random
from collections.abc import Callable, Iterable, Iterator

import sympy as sp

from derivations.algebra.components import Total
from derivations.algebra.cubic import CubicRoot
from derivations.algebra.matrices import Singular, SingularTotal
from derivations.algebra.symbols import Component, beta, beta_g

#: How many coordinates; arrays that are read as matrices are of two rows.
DIMENSION, _POINTS, _CLOSE = 4, 8, 1e-8
#: The last step, at which schedules have changed.
_LATE = 100_000

#: One value for each coordinate.
Value = tuple[complex, ...]
Point = dict[sp.Symbol, Value]


class NoValueError(ValueError):
    """A formula that has no finite value at a point, or a function of unknown value."""


def points(symbols: Iterable[sp.Symbol], fixed: Point | None = None) -> Iterator[Point]:
    """Yield points: arrays of either sign, parameters below one, steps from 2 on."""
    names = sorted(symbols, key=lambda symbol: (symbol.name, str(symbol.assumptions0)))
    for seed in range(_POINTS):
        chance = random.Random(seed)
        yield {name: _chosen(name, chance, seed) for name in names} | (fixed or {})


def _chosen(symbol: sp.Symbol, chance: random.Random, seed: int) -> Value:
    if isinstance(symbol, Component):
        small = 2.5 if seed >= _POINTS - 2 else 0.0  # where a tower of exponentials has a value
        sizes = (4 ** (chance.uniform(-1.5, 1.5) - small) for _ in range(DIMENSION))
        signed = [1 if symbol.is_nonnegative else chance.choice((-1, 1)) for _ in range(DIMENSION)]
        return tuple(complex(size * sign) for size, sign in zip(sizes, signed, strict=True))
    if symbol.name == "count":
        return (complex(_LATE if seed == _POINTS - 1 else seed + 2),) * DIMENSION
    low, high = (1.2, 6.0) if symbol in (beta, beta_g) else (0.15, 0.95)
    return (complex(chance.uniform(low, high)),) * DIMENSION


def evaluate(expr: sp.Expr, point: Point) -> Value:
    """Return the value of a formula in each coordinate. Raises `NoValueError`."""
    known: dict[sp.Basic, Value] = dict(point)
    try:
        value = _value(expr, known)
    except (ZeroDivisionError, OverflowError, ValueError, RecursionError) as error:
        raise NoValueError(str(error)) from error
    if not all(map(cmath.isfinite, value)):
        raise NoValueError(str(expr))
    return value


def vanishes(expr: sp.Expr) -> bool:
    """Whether a formula is zero at every point where it has a value, and it has some."""
    terms = sp.Add.make_args(expr)
    seen = 0
    for point in points(expr.free_symbols):
        try:
            values = [evaluate(term, point) for term in terms]
        except NoValueError:
            continue
        seen += 1
        for parts in zip(*values, strict=True):
            if abs(sum(parts)) > _CLOSE * max(1e-30, *map(abs, parts)):
                return False
    return seen > 1


def same(left: sp.Expr, right: sp.Expr) -> bool:
    """Whether two formulas agree wherever both have a value."""
    if left == right:
        return True
    seen = 0
    for point in points(left.free_symbols | right.free_symbols):
        try:
            pairs = zip(evaluate(left, point), evaluate(right, point), strict=True)
        except NoValueError:
            continue
        seen += 1
        if any(abs(a - b) > _CLOSE * max(1e-12, abs(a), abs(b)) for a, b in pairs):
            return False
    return seen > 1


def reads(expr: sp.Expr, symbols: Iterable[sp.Symbol]) -> bool:
    """Whether the value of a formula changes with any of some symbols."""
    own = expr.free_symbols & set(symbols)
    if not own:
        return False
    moved = {symbol: _twin(symbol) for symbol in own}
    return not same(expr, expr.xreplace(moved))


def read_among(expr: sp.Expr, symbols: Iterable[sp.Symbol]) -> tuple[sp.Symbol, ...]:
    """Those of some symbols that a formula reads, by name."""
    return tuple(x for x in sorted(symbols, key=str) if reads(expr, (x,)))


def is_positive(expr: sp.Expr, where_real: bool = False) -> bool:
    """Whether a formula is a positive number at every point where it has a value.

    `where_real` leaves out points at which it is complex, such as those of no possible moments.
    """
    found = False
    for point in points(expr.free_symbols):
        try:
            values = evaluate(expr, point)
        except NoValueError:
            continue
        if where_real:
            values = tuple(v for v in values if abs(v.imag) <= _CLOSE * abs(v))
        found = found or bool(values)
        if any(value.real <= 0 or abs(value.imag) > _CLOSE * abs(value) for value in values):
            return False
    return found


def may_be_positive(expr: sp.Expr) -> bool:
    """Whether a formula is a positive number at some point."""
    for point in points(expr.free_symbols):
        try:
            value = evaluate(expr, point)[0]
        except NoValueError:
            continue
        if value.real > 0 and abs(value.imag) <= _CLOSE * abs(value):
            return True
    return False


def _twin(symbol: sp.Symbol) -> sp.Symbol:
    """Another symbol of the same kind, which takes other values at the same points."""
    name = f"{symbol.name}~"
    if isinstance(symbol, Component):
        return Component(name, nonnegative=symbol.is_nonnegative)
    return sp.Symbol(name, positive=True)


def _sign(x: complex) -> complex:
    return complex((x.real > 0) - (x.real < 0))


_FUNCTIONS: dict[str, Callable[..., complex]] = {
    "exp": cmath.exp,
    "log": cmath.log,
    "tanh": cmath.tanh,
    "sinh": cmath.sinh,
    "cosh": cmath.cosh,
    "atan": cmath.atan,
    "asinh": cmath.asinh,
    "sin": cmath.sin,
    "cos": cmath.cos,
    "Abs": lambda x: complex(abs(x)),
    "sign": _sign,
    "Heaviside": lambda x, half=0.5: complex(1 if x.real > 0 else 0 if x.real < 0 else half),
    "Max": lambda *x: complex(max(value.real for value in x)),
    "Min": lambda *x: complex(min(value.real for value in x)),
}


def _value(expr: sp.Basic, known: dict[sp.Basic, Value]) -> Value:
    if expr not in known:
        known[expr] = _computed(expr, known)
    return known[expr]


def _computed(expr: sp.Basic, known: dict[sp.Basic, Value]) -> Value:
    if expr.is_Number or expr.is_NumberSymbol:
        return (complex(expr),) * DIMENSION
    if isinstance(expr, sp.Piecewise):
        return _piece(expr, known)
    if isinstance(expr, CubicRoot):
        return _value(expr.written_out(), known)
    if isinstance(expr, Singular | SingularTotal):
        return _of_singular_values(expr, known)
    arguments = [_value(argument, known) for argument in expr.args]
    if isinstance(expr, Total):
        return (sum(arguments[0]),) * DIMENSION
    columns = list(zip(*arguments, strict=True))
    if expr.is_Add:
        return tuple(sum(column) for column in columns)
    if expr.is_Mul:
        return tuple(_product(column) for column in columns)
    if expr.is_Pow:
        return tuple(_real(base) ** power for base, power in columns)
    if type(expr).__name__ in _FUNCTIONS:
        function = _FUNCTIONS[type(expr).__name__]
        return tuple(function(*map(_real, column)) for column in columns)
    raise NoValueError(f"no value is known for {expr}")


def _of_singular_values(expr: Singular | SingularTotal, known: dict[sp.Basic, Value]) -> Value:
    """Apply a function to the singular values of a 2×2 matrix, half turn and half reflection."""
    a, b, c, d = (value.real for value in _value(expr.array, known))
    turn, mirror = complex(a + d, c - b), complex(a - d, c + b)
    sizes = ((abs(turn) + abs(mirror)) / 2, (abs(turn) - abs(mirror)) / 2)
    scope = {x: value for x, value in known.items() if isinstance(x, sp.Symbol)}
    first, second = (
        _value(expr.body, {**scope, expr.args[1]: (complex(abs(size)),) * DIMENSION})[0]
        for size in sizes
    )
    if isinstance(expr, SingularTotal):
        return (first + second,) * DIMENSION
    second *= _sign(complex(sizes[1]))
    turn, mirror = (part / abs(part) / 2 for part in (turn, mirror))
    turn, mirror = turn * (first + second), mirror * (first - second)
    entries = turn.real + mirror.real, mirror.imag - turn.imag
    return tuple(map(complex, (*entries, mirror.imag + turn.imag, turn.real - mirror.real)))


def _real(value: complex) -> complex:
    """Take a rounding error off the real axis away, which would choose the branch of a root."""
    return complex(value.real) if abs(value.imag) <= 1e-12 * abs(value.real) else value


def _product(column: Iterable[complex]) -> complex:
    value = complex(1)
    for factor in column:
        value *= factor
    return value


def _piece(expr: sp.Piecewise, known: dict[sp.Basic, Value]) -> Value:
    chosen: list[complex | None] = [None] * DIMENSION
    for value, test in expr.args:
        holds = _test(test, known)
        if not any(holds):
            continue
        values = _value(value, known)
        chosen = [values[i] if old is None and holds[i] else old for i, old in enumerate(chosen)]
    if any(value is None for value in chosen):
        raise NoValueError(str(expr))
    return tuple(value for value in chosen if value is not None)


def _test(test: sp.Basic, known: dict[sp.Basic, Value]) -> tuple[bool, ...]:
    if test in (sp.true, sp.false):
        return (bool(test),) * DIMENSION
    if isinstance(test, sp.And | sp.Or):
        parts = zip(*(_test(part, known) for part in test.args), strict=True)
        return tuple(all(p) if isinstance(test, sp.And) else any(p) for p in parts)
    if isinstance(test, sp.Rel):
        sides = zip(_value(test.lhs, known), _value(test.rhs, known), strict=True)
        return tuple(bool(test.func(a.real, b.real)) for a, b in sides)
    raise NoValueError(str(test))
