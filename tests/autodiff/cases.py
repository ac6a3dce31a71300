"""Every operation with inputs to check it on, and what JAX calls it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from hermosis import autodiff as ad

jax.config.update("jax_enable_x64", True)


@dataclass(frozen=True)
class Case:
    """A function written with `ad`, the same in JAX, and the shapes and range of its arguments."""

    name: str
    ours: Callable[..., Any]
    theirs: Callable[..., Any]
    shapes: Sequence[tuple[int, ...]]
    low: float = -2.0
    high: float = 2.0

    def __str__(self) -> str:
        return self.name

    def arguments(self, seed: int = 0) -> list[np.ndarray]:
        random = np.random.default_rng(seed)
        made = [random.uniform(self.low, self.high, shape) for shape in self.shapes]
        for x in made:
            x.flags.writeable = False  # nothing may be computed in place
        return made


def same(name: str, shapes: Sequence[tuple[int, ...]], *bounds: float, theirs: Any = None) -> Case:
    """A case of a function that both call by one name."""
    return Case(name, getattr(ad, name), theirs or getattr(jnp, name), shapes, *bounds)


ONE, TWO, WIDE = [(2, 3)], [(2, 3), (2, 3)], [(2, 1, 3), (4, 1)]
ROW = np.array([2, 0, 2, 1])
MASK = np.array([[True, False, True], [False, True, True]])
#: Some places are taken twice.
ALONG = np.array([[1, 0, 1], [1, 1, 0]])
LOWER = np.tril(np.ones((3, 3), bool))

UNARY = [
    *(same(name, ONE) for name in ("exp", "expm1", "square", "absolute", "sin", "cos", "arctan",
                                   "sinh", "cosh", "tanh", "negative")),
    *(same(name, ONE, 0.2, 3.0) for name in ("log", "log1p", "sqrt")),
    same("erf", ONE, theirs=jax.scipy.special.erf),
    same("sigmoid", ONE, theirs=jax.nn.sigmoid),
    same("softplus", ONE, theirs=jax.nn.softplus),
    same("relu", ONE, theirs=jax.nn.relu),
    Case("gelu", ad.gelu, lambda x: jax.nn.gelu(x, approximate=False), ONE),
    Case("leaky_relu", ad.leaky_relu, jax.nn.leaky_relu, ONE),
    Case("clip", lambda x: ad.clip(x, -0.5, 0.8), lambda x: jnp.clip(x, -0.5, 0.8), ONE),
    Case("clip below", lambda x: ad.clip(x, low=0.1), lambda x: jnp.clip(x, 0.1), ONE),
    *(
        Case(f"power {p}", lambda x, p=p: x**p, lambda x, p=p: x**p, ONE, 0.3, 2.0)
        for p in (0, 1, 2, 3, -1, 0.5, 2.5)
    ),
]  # fmt: skip
BINARY = [
    *(same(name, shapes) for name in ("add", "subtract", "multiply", "maximum", "minimum")
      for shapes in (TWO, WIDE)),
    *(Case(name, getattr(ad, name), getattr(jnp, name), shapes, 0.3, 2.0)
      for name in ("divide", "power") for shapes in (TWO, WIDE)),
    Case("scalars", lambda x: 2.0 / (3.0 - x) + 2.0**x, lambda x: 2.0 / (3.0 - x) + 2.0**x, ONE),
    Case("where", lambda a, b: ad.where(MASK, a, b), lambda a, b: jnp.where(MASK, a, b), TWO),
    Case("where, wide", lambda a, b: ad.where(MASK, a, b), lambda a, b: jnp.where(MASK, a, b),
         [(3,), (2, 1)]),
]  # fmt: skip
SHAPING = [
    Case("reshape", lambda x: ad.reshape(x, (3, -1)), lambda x: jnp.reshape(x, (3, -1)), ONE),
    Case("ravel", ad.ravel, jnp.ravel, ONE),
    Case("transpose", ad.transpose, jnp.transpose, [(2, 3, 4)]),
    Case("permute", lambda x: ad.transpose(x, (1, -1, 0)), lambda x: jnp.transpose(x, (1, 2, 0)),
         [(2, 3, 4)]),
    Case("swapaxes", lambda x: ad.swapaxes(x, 0, -1), lambda x: jnp.swapaxes(x, 0, -1),
         [(2, 3, 4)]),
    Case("broadcast_to", lambda x: ad.broadcast_to(x, (4, 2, 3)),
         lambda x: jnp.broadcast_to(x, (4, 2, 3)), [(2, 1)]),
    Case("expand_dims", lambda x: ad.expand_dims(x, (0, -1)), lambda x: jnp.expand_dims(x, (0, -1)),
         ONE),
    Case("squeeze", ad.squeeze, jnp.squeeze, [(1, 3, 1)]),
    Case("squeeze one", lambda x: ad.squeeze(x, -1), lambda x: jnp.squeeze(x, -1), [(1, 3, 1)]),
    Case("a slice", lambda x: x[1:, ::-2], lambda x: x[1:, ::-2], [(3, 4)]),
    Case("a number", lambda x: x[1, ..., None], lambda x: x[1, ..., None], [(3, 4)]),
    Case("rows again", lambda x: x[ROW], lambda x: x[ROW], [(3, 4)]),
    Case("pairs", lambda x: x[ROW, ROW + 1], lambda x: x[ROW, ROW + 1], [(3, 4)]),
    Case("rows again, squared", lambda x: x[ROW] ** 2, lambda x: x[ROW] ** 2, [(3, 4)]),
    Case("a mask", lambda x: x[MASK], lambda x: x[MASK], ONE),
    *(
        Case(f"take_along_axis {axis}", lambda x, k=axis: np.take_along_axis(x, ALONG, k) ** 2,
             lambda x, k=axis: jnp.take_along_axis(x, ALONG, k) ** 2, [(2, 3)])
        for axis in (0, -1)
    ),
    Case("concatenate", lambda *xs: ad.concatenate(xs, -1), lambda *xs: jnp.concatenate(xs, -1),
         [(2, 3), (2, 1), (2, 2)]),
    Case("stack", lambda *xs: ad.stack(xs, 1), lambda *xs: jnp.stack(xs, 1), [(2, 3)] * 3),
    Case("pad", lambda x: ad.pad(x, ((1, 0), (2, 3))), lambda x: jnp.pad(x, ((1, 0), (2, 3))), ONE),
]  # fmt: skip
AXES: list[dict[str, Any]] = [{}, {"axis": 1}, {"axis": (0, -1), "keepdims": True}]
REDUCTIONS = [
    Case(f"{name} {options}", lambda x, f=ours, o=options: f(x, **o),
         lambda x, f=theirs, o=options: f(x, **o), [(2, 3, 4)])
    for name, ours, theirs in (
        ("sum", ad.sum, jnp.sum), ("mean", ad.mean, jnp.mean), ("var", ad.var, jnp.var),
        ("std", ad.std, jnp.std), ("max", ad.max, jnp.max), ("min", ad.min, jnp.min),
        ("logsumexp", ad.logsumexp, jax.scipy.special.logsumexp),
    )
    for options in AXES
] + [
    Case("var of a sample", lambda x: ad.var(x, 0, ddof=1), lambda x: jnp.var(x, 0, ddof=1), ONE),
    Case("softmax", ad.softmax, jax.nn.softmax, ONE),
    Case("log_softmax", lambda x: ad.log_softmax(x, 0), lambda x: jax.nn.log_softmax(x, 0), ONE),
]  # fmt: skip
PRODUCTS = [
    same("matmul", shapes)
    for shapes in (
        [(2, 3), (3, 4)], [(3,), (3,)], [(3,), (3, 2)], [(2, 3), (3,)], [(2, 4, 3), (3, 2)],
        [(4, 3), (2, 3, 2)], [(2, 1, 2, 3), (4, 3, 2)], [(3,), (2, 3, 2)], [(2, 2, 3), (3,)],
    )
] + [
    same("dot", [(2, 3), (3, 4)]), same("dot", [(), (3,)]), same("outer", [(2,), (2, 2)]),
]  # fmt: skip


def conv(stride: Any, padding: int) -> Case:
    steps = (stride, stride) if isinstance(stride, int) else stride
    return Case(
        f"conv2d {stride} {padding}",
        lambda x, k, b: ad.conv2d(x, k, b, stride, padding),
        lambda x, k, b: (
            jax.lax.conv_general_dilated(x, k, steps, [(padding, padding)] * 2)
            + b[None, :, None, None]
        ),
        [(2, 2, 5, 4), (3, 2, 3, 2), (3,)],
    )


def pool(start: float, step: Any, x: Any, size: int, stride: int) -> Any:
    return jax.lax.reduce_window(
        x, start, step, (1, 1, size, size), (1, 1, stride, stride), "VALID"
    )


def attend(q: Any, k: Any, v: Any, mask: Any = True) -> Any:
    scores = jnp.where(mask, q @ jnp.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1]), -jnp.inf)
    return jax.nn.softmax(scores, -1) @ v


def normal(x: Any, scale: Any, shift: Any) -> Any:
    centre, width = x.mean(-1, keepdims=True), x.var(-1, keepdims=True)
    return (x - centre) / jnp.sqrt(width + 1e-5) * scale + shift


LAYERS = [
    conv(1, 0), conv(2, 1), conv((1, 2), 2),
    Case("max_pool", lambda x: ad.max_pool(x, 2),
         lambda x: pool(-jnp.inf, jax.lax.max, x, 2, 2), [(1, 2, 4, 5)]),
    Case("max_pool over", lambda x: ad.max_pool(x, 3, 1),
         lambda x: pool(-jnp.inf, jax.lax.max, x, 3, 1), [(1, 2, 4, 5)]),
    Case("mean_pool", lambda x: ad.mean_pool(x, 2),
         lambda x: pool(0.0, jax.lax.add, x, 2, 2) / 4, [(1, 2, 4, 5)]),
    Case("dense", ad.dense, lambda x, w, b: x @ w + b, [(2, 3, 4), (4, 2), (2,)]),
    Case("dense, two axes", ad.dense, lambda x, w, b: x @ w + b, [(3, 4), (4, 2), (2,)]),
    Case("layer_norm", ad.layer_norm, normal, [(2, 4), (4,), (4,)]),
    Case("embedding", lambda t: ad.embedding(t, ROW), lambda t: t[ROW], [(3, 2)]),
    Case("attention", ad.attention, attend, [(2, 3, 2), (2, 4, 2), (2, 4, 3)]),
    Case("attention, causal", lambda *x: ad.attention(*x, LOWER), lambda *x: attend(*x, LOWER),
         [(3, 2), (3, 2), (3, 3)]),
    Case("cross_entropy", lambda s: ad.cross_entropy(s, ROW),
         lambda s: -jax.nn.log_softmax(s)[np.arange(4), ROW].mean(), [(4, 3)]),
    Case("cross_entropy of one", lambda s: ad.cross_entropy(s, ROW[:1]),
         lambda s: -jax.nn.log_softmax(s)[0, 2], [(1, 3)]),
    Case("mse", ad.mse, lambda a, b: ((a - b) ** 2).mean(), TWO),
    Case("dropout", lambda x: ad.dropout(x, 0.4, np.random.default_rng(3)),
         lambda x: jnp.where(np.random.default_rng(3).random((4, 5)) >= 0.4, x / 0.6, 0.0),
         [(4, 5)]),
]  # fmt: skip
TOGETHER = [
    Case("a node used twice", lambda x: (y := ad.tanh(x)) * y + y,
         lambda x: (y := jnp.tanh(x)) * y + y, ONE),
    Case("NumPy's names", lambda x: np.sum(np.exp(-(x**2)) * np.where(x > 0, x, 1.0), axis=0),
         lambda x: jnp.sum(jnp.exp(-(x**2)) * jnp.where(x > 0, x, 1.0), axis=0), ONE),
    Case("methods", lambda x: (x.T @ x).mean(0).reshape(-1, 1) - abs(x).max(),
         lambda x: (x.T @ x).mean(0).reshape(-1, 1) - abs(x).max(), ONE),
    Case("iteration", lambda x: sum(k * row for k, row in enumerate(x)),
         lambda x: sum(k * row for k, row in enumerate(x)), [(3, 2)]),
]  # fmt: skip
#: What changes the precision.
WIDER = [Case("astype", lambda x: ad.astype(x, np.longdouble), lambda x: x, ONE)]
CASES = [*UNARY, *BINARY, *SHAPING, *REDUCTIONS, *PRODUCTS, *LAYERS, *TOGETHER]
