"""Every built-in method, with all its options: one step in four languages, to rounding.

NumPy's source is the judge of the others, and is itself judged by SymPy in `test_method_steps`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import pytest
import torch

from .methods import METHODS, PLAIN, PRODUCT, SAMPLE, Row
from .systems import W0
from .table import sourced

STEPS = 3
#: Units in the last place that a step may add, in the size of the largest number in it.
UNITS = 64
#: A matrix, for methods that read arrays as matrices.
MATRIX = np.array([[0.75, -0.5, 0.25], [0.5, 1.0, -0.75]])
#: Numba compiles each source for most of a second, so it sees the fullest row of each method.
FOR_NUMBA = [
    max(
        (row for row in PLAIN if row.name == name),
        key=lambda r: sum(bool(v) for _, v in r.settings),
    )
    for name in METHODS
]


def start(row: Row) -> np.ndarray:
    return MATRIX if row.whole else W0


def slope(w: Any) -> Any:
    """The gradient of Σw⁴/4 + Σw²/2, in whatever language w is."""
    return w * w * w + w


def run(row: Row, backend: str, dtype: Any = np.float64, steps: int = STEPS) -> list[np.ndarray]:
    """w and the states after some steps by the source of a backend."""
    opt, rule, step = row.optimizer, row.rule, sourced(row.rule, backend)
    make: Callable[[Any], Any] = {"torch": torch.from_numpy, "jax": jax.numpy.asarray}.get(
        backend, lambda array: array
    )
    weights = start(row).astype(dtype)
    state, names = opt.init(weights), ["w", *(symbol.name for symbol in rule.states)]
    scalars = [symbol.name for symbol in rule.scalars]
    now = {name: make(own[0].copy()) for name, own in state.arrays.items()}
    now |= {"w": make(weights.copy()), **{name: state.scalars[name] for name in scalars}}
    wanted = inspect.signature(getattr(step, "py_func", step)).parameters
    for _ in range(steps):
        gradient = slope(now["w"]) if rule.gradient_at_start else slope
        known = {"gradient": gradient, **now, **opt.values(state)}
        scratch = {n: np.empty_like(weights) for n in wanted if n.startswith("work")}
        found = step(**{n: (known | scratch)[n] for n in wanted})
        results = found if isinstance(found, tuple) else (found,)
        if backend in ("torch", "jax"):
            now = dict(zip([*names, *scalars], results, strict=True))
        elif scalars:
            now |= dict(zip(scalars, results, strict=True))
        state.step += 1
        state.time += float(opt.values(state).get("tau", 1.0))
    return [np.asarray(now[name]) for name in names]


def check(found: list[np.ndarray], due: list[np.ndarray], dtype: Any) -> None:
    for mine, other in zip(found, due, strict=True):
        assert mine.dtype == other.dtype == dtype
        scale = max(1.0, float(np.abs(other).max(initial=0.0)))
        assert np.all(np.isfinite(other))
        assert np.abs(mine - other).max(initial=0.0) <= UNITS * np.finfo(dtype).eps * scale


@pytest.mark.parametrize("row", SAMPLE, ids=str)
def test_torch_and_jax_agree_with_numpy(row: Row) -> None:
    for dtype in (np.float64, np.float32):
        due = run(row, "numpy", dtype)
        assert np.abs(due[0] - start(row)).max() > 1e-3, "nothing moved: the test is empty"
        check(run(row, "torch", dtype), due, dtype)
        if dtype is np.float64:
            with jax.enable_x64(True):
                check(run(row, "jax", dtype), due, dtype)


@pytest.mark.parametrize("row", FOR_NUMBA, ids=str)
def test_numba_agrees_with_numpy(row: Row) -> None:
    check(run(row, "numba"), run(row, "numpy"), np.float64)


@pytest.mark.slow
@pytest.mark.parametrize("row", [*SAMPLE, *PRODUCT], ids=str)
def test_all_languages_agree_over_the_whole_product(row: Row) -> None:
    for dtype in (np.float64, np.float32):
        due = run(row, "numpy", dtype)
        for backend in ("torch", "numba"):
            check(run(row, backend, dtype), due, dtype)
        with jax.enable_x64(True):
            check(run(row, "jax", dtype), due, dtype)


def test_a_source_of_another_rule_is_found_out() -> None:
    """The check above can fail."""
    plain, other = (next(r for r in PLAIN if str(r) == n) for n in ("Adam", "Adam-weight_decay"))
    with pytest.raises(AssertionError):
        check(run(plain, "torch"), run(other, "numpy"), np.float64)
