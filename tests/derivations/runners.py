"""Ways to run emitted source, and SymPy's own `lambdify` to compare it with."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
import sympy as sp
from numpy.typing import NDArray

from derivations.algebra.components import Total
from derivations.algebra.symbols import G, X, parameter, w
from derivations.step.rule import Rule

Vector = NDArray[np.float64]
Point = dict[sp.Symbol, Vector]
p, q = parameter("p"), parameter("q")
SIZE = 5
NUMBERS = {"p": 0.7, "q": 1.3}


def oracle(rule: Rule, start: Point) -> Point:
    """Carry out a rule by `lambdify`, with each sum over components replaced by its value."""
    now = dict(start)
    for stage in rule.stages:
        now |= {target: evaluate(value, now) for target, value in stage.assignments}
    return now


def evaluate(expr: sp.Expr, now: Point) -> Vector:
    def close(part: sp.Expr) -> sp.Expr:
        if isinstance(part, Total):
            return sp.Float(float(np.sum(evaluate(part.args[0], now))), 17)
        return part.func(*map(close, part.args)) if part.args else part

    names = [w, X, G, p, q]
    call = sp.lambdify(names, close(expr), "numpy")
    value = call(*(now[x] for x in (w, X, G)), NUMBERS["p"], NUMBERS["q"])
    return np.array(np.broadcast_to(value, (SIZE,)), dtype=float)


def start_point(seed: int) -> Point:
    chance = np.random.default_rng(seed)
    return {x: chance.normal(size=SIZE) for x in (w, X, G)}


def function_of(text: str) -> Any:
    namespace: dict[str, Any] = {}
    exec(compile(text, "<source>", "exec"), namespace)
    return namespace["step"]


def run_in_place(rule: Rule, backend: str, start: Point) -> Point:
    """Run NumPy or Numba source on copies, and return what it made of them."""
    step = function_of(rule.source(backend))
    arrays = {"w": start[w].copy(), "X": start[X].copy(), "gradient": start[G].copy()}
    names = inspect.signature(getattr(step, "py_func", step)).parameters
    given = arrays | NUMBERS
    step(*(given[n] if n in given else np.empty_like(start[w]) for n in names))
    return {w: arrays["w"], X: arrays["X"]}


def run_pure(rule: Rule, backend: str, start: Point) -> Point:
    """Run JAX or PyTorch source, in double precision."""
    step = function_of(rule.source(backend))
    if backend == "torch":
        torch = pytest.importorskip("torch", reason="PyTorch is an extra")
        array = torch.from_numpy
    else:
        array = pytest.importorskip("jax.numpy", reason="JAX is an extra").asarray
    given = {"w": array(start[w]), "X": array(start[X]), "gradient": array(start[G])} | NUMBERS
    names = inspect.signature(step).parameters
    results = step(**{name: given[name] for name in names})
    results = results if isinstance(results, tuple) else (results,)
    order = [w, *rule.states]
    return dict(start) | {x: np.asarray(v) for x, v in zip(order, results, strict=True)}


def close(mine: Point, due: Point, rel: float = 1e-15) -> None:
    """Equal up to rounding: a few units in the last place of the largest number for each sum."""
    for x in (w, X):
        scale = max(1.0, float(np.max(np.abs(due[x]))))
        assert np.max(np.abs(mine[x] - due[x])) <= 2e3 * rel * scale, x
