"""Operations on numbers one by one: a value, and for each input a slope.

At a kink the slope is what libraries agree on: 0 for `absolute` and `relu`, half for each side of
`maximum` and `minimum`, 1 at the bounds of `clip`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from hermosis.autodiff.op import Op, Value, plain, shape
from hermosis.autodiff.shaping import broadcast_to, sum_to

#: `slope(out, *inputs, **options)`, or a number.
Slope = Callable[..., Value] | float


def elementwise(name: str, value: Callable[..., Any], *slopes: Slope) -> Op:
    """Return an operation on numbers one by one, whose inputs are broadcast."""
    pulls = [_pull(place, slope) for place, slope in enumerate(slopes)]
    return Op(name, value, pulls, [_push(slope) for slope in slopes])


def _pull(place: int, slope: Slope) -> Callable[..., Value]:
    def pull(g: Value, out: Value, *xs: Value, **options: Any) -> Value:
        return sum_to(_times(g, slope, out, xs, options), shape(xs[place]))

    return pull


def _push(slope: Slope) -> Callable[..., Value]:
    def push(t: Value, out: Value, *xs: Value, **options: Any) -> Value:
        return _filled(_times(t, slope, out, xs, options), shape(out))

    return push


def _filled(x: Value, due: tuple[int, ...]) -> Value:
    return x if shape(x) == due else broadcast_to(x, due)


def _times(change: Value, slope: Slope, out: Value, xs: Any, options: Any) -> Value:
    if callable(slope):
        return change * slope(out, *xs, **options)
    return change if slope == 1.0 else change * slope


@cache
def _special() -> Any:
    """SciPy's functions, when first needed."""
    import scipy.special

    return scipy.special


def _share(a: Value, b: Value) -> Any:
    """Return 1 where a is above b, and half where they are equal."""
    a, b = plain(a), plain(b)
    kind = np.result_type(a, b)
    return np.greater(a, b).astype(kind) + np.equal(a, b).astype(kind) / 2


def _changed_by_tanh(change: Any, out: Any) -> Any:
    """Return change·(1 − out²), with one array."""
    if not isinstance(out, np.ndarray) or getattr(change, "dtype", None) != out.dtype:
        return change * (1.0 - out * out)
    found = out * out
    np.subtract(1.0, found, out=found)
    return np.multiply(found, change, out=found)


add: Op = elementwise("add", np.add, 1.0, 1.0)
subtract: Op = elementwise("subtract", np.subtract, 1.0, -1.0)
multiply: Op = elementwise("multiply", np.multiply, lambda out, a, b: b, lambda out, a, b: a)
divide: Op = Op(
    "divide",
    np.divide,
    [
        lambda g, out, a, b: sum_to(divide(g, b), shape(a)),
        lambda g, out, a, b: sum_to(-divide(g * out, b), shape(b)),
    ],
    [
        lambda t, out, a, b: _filled(divide(t, b), shape(out)),
        lambda t, out, a, b: _filled(-divide(t * out, b), shape(out)),
    ],
)
negative: Op = elementwise("negative", np.negative, -1.0)
exp: Op = elementwise("exp", np.exp, lambda out, x: out)
expm1: Op = elementwise("expm1", np.expm1, lambda out, x: out + 1.0)
log: Op = elementwise("log", np.log, lambda out, x: 1.0 / x)
log1p: Op = elementwise("log1p", np.log1p, lambda out, x: 1.0 / (1.0 + x))
sqrt: Op = elementwise("sqrt", np.sqrt, lambda out, x: 0.5 / out)
square: Op = elementwise("square", np.square, lambda out, x: 2.0 * x)
absolute: Op = elementwise("absolute", np.absolute, lambda out, x: np.sign(plain(x)))
sin: Op = elementwise("sin", np.sin, lambda out, x: cos(x))
cos: Op = elementwise("cos", np.cos, lambda out, x: -sin(x))
arctan: Op = elementwise("arctan", np.arctan, lambda out, x: 1.0 / (1.0 + square(x)))
sinh: Op = elementwise("sinh", np.sinh, lambda out, x: cosh(x))
cosh: Op = elementwise("cosh", np.cosh, lambda out, x: sinh(x))
_through_tanh: Op = elementwise(
    "tanh's derivative",
    _changed_by_tanh,
    lambda _, change, out: 1.0 - square(out),
    lambda _, change, out: -2.0 * change * out,
)
_tanh_rules = [lambda change, out, x: _through_tanh(change, out)]
tanh: Op = Op("tanh", np.tanh, _tanh_rules, _tanh_rules)
erf: Op = elementwise(
    "erf", lambda x: _special().erf(x), lambda out, x: 2 / np.pi**0.5 * exp(-square(x))
)
sigmoid: Op = elementwise(
    "sigmoid", lambda x: _special().expit(x), lambda out, x: out * (1.0 - out)
)
softplus: Op = elementwise("softplus", lambda x: np.logaddexp(x, 0), lambda out, x: sigmoid(x))
relu: Op = elementwise("relu", lambda x: np.maximum(x, 0), lambda out, x: plain(x) > 0)
maximum: Op = elementwise(
    "maximum", np.maximum, lambda out, a, b: _share(a, b), lambda out, a, b: _share(b, a)
)
minimum: Op = elementwise(
    "minimum", np.minimum, lambda out, a, b: _share(b, a), lambda out, a, b: _share(a, b)
)


def _inside(out: Value, x: Value, low: Any, high: Any) -> Any:
    below = True if low is None else plain(x) >= low
    return below & (True if high is None else plain(x) <= high)


_clip: Op = elementwise("clip", lambda x, low, high: np.clip(x, low, high), _inside)


def clip(x: Value, low: Any = None, high: Any = None) -> Value:
    """Bring numbers between two bounds, through which no derivative goes."""
    return _clip(x, low=plain(low), high=plain(high))


# What is not chosen gets 0, even where the change is infinite.
_where: Op = Op(
    "where",
    lambda a, b, condition: np.where(condition, a, b),
    [
        lambda g, out, a, b, condition: sum_to(_where(g, 0.0, condition=condition), shape(a)),
        lambda g, out, a, b, condition: sum_to(_where(0.0, g, condition=condition), shape(b)),
    ],
    [
        lambda t, out, a, b, condition: _filled(_where(t, 0.0, condition=condition), shape(out)),
        lambda t, out, a, b, condition: _filled(_where(0.0, t, condition=condition), shape(out)),
    ],
)


def where(condition: Any, a: Value, b: Value) -> Value:
    """Choose from a where a condition holds, otherwise from b."""
    return _where(a, b, condition=plain(condition))


def _base_slope(out: Value, x: Value, p: Value) -> Value:
    """Return p·xᵖ⁻¹, which is 0 for p = 0, at x = 0 too."""
    nowhere = np.equal(plain(x), 0) & np.equal(plain(p), 0)
    return p * _power(where(nowhere, 1.0, x), p - 1.0)


def _exponent_slope(out: Value, x: Value, p: Value) -> Value:
    """Return xᵖ·log x, which is 0 at x = 0, as it is for p > 0."""
    return out * log(where(plain(x) == 0, 1.0, x))


def _number_slope(out: Value, x: Value, exponent: float) -> Value:
    if exponent == 0:
        return 0.0
    return exponent * (x if exponent == 2 else _to_number(x, exponent=exponent - 1))


_power: Op = elementwise("power", np.power, _base_slope, _exponent_slope)
_to_number: Op = elementwise("power", lambda x, exponent: x**exponent, _number_slope)


def power(x: Value, exponent: Value) -> Value:
    """Raise to a power, a number or an array."""
    if isinstance(exponent, list | tuple):
        exponent = np.asarray(exponent)
    if isinstance(exponent, int | float):
        return _to_number(x, exponent=exponent)
    return _power(x, exponent)
