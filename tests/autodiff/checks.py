"""What holds of every derivative: forward, reverse and second order agree with differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from hermosis import autodiff as ad

CLOSE = 1e-7


def slope(fun: Callable[[float], Any], h: float = 1e-3) -> Any:
    """The derivative at 0, by central differences of the fourth order."""
    near, far = (np.asarray(fun(k * h)) - np.asarray(fun(-k * h)) for k in (1, 2))
    return (8 * near - far) / (12 * h)


def close(found: Any, due: Any, of: Any = 1.0) -> None:
    size = 1.0 + float(np.max(np.abs(due), initial=0.0))
    np.testing.assert_allclose(found, due, rtol=CLOSE, atol=CLOSE * size)
    assert np.shape(found) == np.shape(due)


def varied(fun: Callable[..., Any], xs: Sequence[np.ndarray], k: int) -> Callable[[Any], Any]:
    """A function of its argument k alone."""
    return lambda x: fun(*xs[:k], x, *xs[k + 1 :])


def moved(fun: Callable[[Any], Any], x: np.ndarray, unit: np.ndarray, h: float) -> Any:
    return fun(x + h * unit)


def each_index(fun: Callable[..., Any], xs: Sequence[np.ndarray]) -> None:
    """Both Jacobians of every argument, against differences at every index."""
    for k, x in enumerate(xs):
        alone = varied(fun, xs, k)
        out = np.asarray(alone(x))
        units = np.eye(x.size).reshape(x.size, *x.shape)
        due = [slope(partial(moved, alone, x, unit)) for unit in units]
        due = np.stack(due, -1).reshape(*out.shape, *x.shape)
        columns = [ad.jvp(alone)(x, unit) for unit in units]
        close(np.stack(columns, -1).reshape(due.shape), due)
        rows = [ad.vjp(alone)(x, u) for u in np.eye(out.size).reshape(out.size, *out.shape)]
        close(np.reshape(rows, due.shape), due)


def second_order(fun: Callable[..., Any], xs: Sequence[np.ndarray], seed: int = 0) -> None:
    """The second derivative in random directions, by every pair of modes."""
    random = np.random.default_rng(seed)
    out = np.asarray(fun(*xs))
    u = random.normal(size=out.shape)
    vs = [random.normal(size=x.shape) for x in xs]

    def loss(w: Any) -> Any:
        return ad.sum(fun(*w) * u)

    w = list(xs)
    due = slope(lambda h: flat(ad.grad(loss)([x + h * v for x, v in zip(xs, vs, strict=True)])))
    close(flat(ad.hvp(loss)(w, vs)), due)

    def along(w: Any) -> Any:
        slopes = ad.grad(loss)(w)
        return sum(ad.sum(g * v) for g, v in zip(slopes, vs, strict=True))

    close(flat(ad.grad(along)(w)), due)
    close(flat(ad.grad(lambda w: ad.jvp(loss)(w, vs))(w)), due)
    twice = ad.jvp(lambda w: ad.jvp(loss)(w, vs))(w, vs)
    close(twice, due @ flat(vs))


def flat(w: Any) -> np.ndarray:
    return np.concatenate([np.ravel(x) for x in w])


def directions(fun: Callable[..., Any], xs: Sequence[np.ndarray], seed: int = 0) -> None:
    """One random direction on each side: for arrays too large for every index."""
    random = np.random.default_rng(seed)
    vs = [random.normal(size=x.shape) for x in xs]
    u = random.normal(size=np.shape(fun(*xs)))
    due = slope(lambda h: np.sum(u * fun(*(x + h * v for x, v in zip(xs, vs, strict=True)))))
    forward = ad.jvp(lambda w: fun(*w))(list(xs), vs)
    close(np.sum(u * forward), due)
    backward = ad.vjp(lambda w: fun(*w))(list(xs), u)
    close(flat(backward) @ flat(vs), due)
