"""Sources with functions of matrices: four languages agree, and keep the laws of matrices."""

from __future__ import annotations

import ast
import inspect
from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import DTypeLike, NDArray

from derivations.algebra.arrays import nuclear, outer, over_singular_values
from derivations.algebra.components import norm2, slope
from derivations.algebra.matrices import (
    EIGENVALUE,
    SINGULAR_VALUE,
    Entry,
    QuadraticForm,
    Singular,
    Through,
)
from derivations.algebra.symbols import G, X, parameter, w
from derivations.emit import BACKENDS, plan
from derivations.step.rule import Rule, textbook

from .runners import function_of

Array = NDArray[np.floating[Any]]
a, eps, lr = parameter("a"), parameter("eps"), parameter("lr")
K = Entry("K")
NUMBERS = {"a": 1.4, "eps": 0.3, "lr": 0.1, "momentum": 0.9, "averaging": 0.7}
SHAPES = [(), (5,), (4, 3), (3, 4), (2, 3, 2), (1, 1), (0, 3)]
POLAR = Singular(1, SINGULAR_VALUE, X)
DAMPED = 1 / (sp.sqrt(EIGENVALUE) + eps)

RULES = {
    "muon": textbook(
        "Muon",
        ("moments", {X: a * X + (1 - a) * G}),
        ("weights", {w: w - lr * Singular(1, SINGULAR_VALUE, a * X + G)}),
    ),
    "soft": textbook(
        "Soft",
        (
            "weights",
            {w: w - lr * slope(over_singular_values(lambda x: sp.log(sp.cosh(a * x)), X), X)},
        ),
    ),
    "covariant": textbook(
        "Covariant",
        ("metric", {K: a * K / 2 + outer(G, G) / 3}),
        ("weights", {w: w - lr * Through(DAMPED, EIGENVALUE, K, G)}),
    ),
    "coupled": textbook(
        "Coupled",
        ("metric", {K: K + outer(G, X) + outer(X, G) + outer(G, G) + outer(X, X)}),
        (
            "weights",
            {
                w: w
                - lr * slope(sp.sqrt(1 + QuadraticForm(DAMPED, EIGENVALUE, K, X)), X)
                - lr * slope(sp.log(1 + nuclear(X) + norm2(X)), X),
                X: w + POLAR * sp.exp(-norm2(POLAR)),
            },
        ),
    ),
}


def made(rule: Rule, shape: tuple[int, ...], dtype: DTypeLike, seed: int) -> dict[str, Array]:
    """Random arrays, and a positive matrix for K."""
    chance = np.random.default_rng(seed)
    arrays = {n: chance.normal(size=shape).astype(dtype) for n in ("w", "X", "gradient")}
    size = arrays["w"].size
    root = chance.normal(size=(size, size))
    arrays["K"] = (root @ root.T + np.eye(size)).astype(dtype)
    return arrays


def run(rule: Rule, backend: str, start: dict[str, Array]) -> dict[str, Array]:
    """Carry out a step of a source on copies."""
    step = function_of(rule.source(backend))
    names = inspect.signature(step).parameters
    order = ["w", *(x.name for x in rule.states)]
    if backend in ("numpy", "numba"):
        given_ = {n: x.copy() for n, x in start.items()} | NUMBERS
        step(**{n: given_[n] for n in names})
        return {n: given_[n] for n in order}
    if backend == "torch":
        torch = pytest.importorskip("torch", reason="PyTorch is an extra")
        given_ = {n: torch.from_numpy(np.array(x)) for n, x in start.items()} | NUMBERS
        results = step(**{n: given_[n] for n in names})
    else:
        jax = pytest.importorskip("jax", reason="JAX is an extra")
        with jax.enable_x64(True):
            given_ = {n: jax.numpy.asarray(x) for n, x in start.items()} | NUMBERS
            results = step(**{n: given_[n] for n in names})
    results = results if isinstance(results, tuple) else (results,)
    return dict(zip(order, map(np.asarray, results), strict=True))


def velocity_of(scalar: sp.Expr, array: Array, metric: Array | None = None) -> Array:
    """The gradient of a scalar by X, as the NumPy source computes it."""
    rule = textbook("Velocity", ("D", {w: slope(scalar, X)}))
    start = {"w": np.zeros_like(array), "X": array, "gradient": array, "K": metric}
    return run(rule, "numpy", {n: x for n, x in start.items() if x is not None})["w"]


@settings(max_examples=25)
@given(
    st.sampled_from(sorted(RULES)),
    st.sampled_from(SHAPES),
    st.sampled_from([np.float32, np.float64]),
    st.integers(0, 99),
)
def test_all_languages_agree_to_rounding(
    name: str, shape: tuple[int, ...], dtype: DTypeLike, seed: int
) -> None:
    rule = RULES[name]
    start = made(rule, shape, dtype, seed)
    due = run(rule, "numpy", start)
    for backend in ("numba", "torch", "jax"):
        mine = run(rule, backend, start)
        for state, value in mine.items():
            assert value.dtype == due[state].dtype == dtype, (backend, state)
            scale = max(1.0, float(np.max(np.abs(due[state]), initial=0)))
            error = np.max(np.abs(value - due[state]), initial=0)
            assert error <= tolerance(start, dtype) * scale, (backend, state)


def tolerance(start: dict[str, Array], dtype: DTypeLike) -> float:
    """Rounding, times how far the worst matrix here amplifies it."""
    worst = 1.0
    for factor in (1.0, NUMBERS["a"]):
        array = factor * start["X"] + (start["gradient"] if factor != 1 else 0)
        rows = array.shape[0] if array.ndim > 1 else array.size
        if array.size:
            values = np.linalg.svd(array.reshape(rows, -1), compute_uv=False)
            worst = max(worst, float(values[0] / max(values[-1], 1e-300)))
    return float(np.finfo(dtype).eps) * 50 * worst


matrices = st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(0, 5), st.integers(0, 99))


@settings(max_examples=30)
@given(matrices, st.sampled_from([np.float32, np.float64]))
def test_the_polar_factor_of_any_rank(kind: tuple[int, int, int, int], dtype: DTypeLike) -> None:
    """It is a partial isometry of the matrix's rank, and the matrix is its product with √(XᵀX)."""
    rows, columns, rank, seed = kind
    chance = np.random.default_rng(seed)
    factors = chance.normal(size=(rows, rank)), chance.normal(size=(rank, columns))
    matrix = (factors[0] @ factors[1]).astype(dtype)
    polar = velocity_of(nuclear(X), matrix).astype(float)
    values = np.linalg.svd(matrix.astype(float), compute_uv=False)
    full = min(rows, columns, rank)
    near = float(np.finfo(dtype).eps) * 100
    assume(not full or values[full - 1] >= 1e-2 * values[0])
    assert np.linalg.svd(polar, compute_uv=False)[:full] == pytest.approx(np.ones(full), abs=near)
    assert np.linalg.norm(polar) ** 2 == pytest.approx(full, abs=near * 10)
    stretch = polar.T @ matrix
    assert stretch == pytest.approx(stretch.T, abs=near * 100 * max(1.0, values.max(initial=0)))
    assert np.trace(stretch) == pytest.approx(values.sum(), rel=near * 10, abs=1e-30)


@pytest.mark.parametrize("backend", [name for name in BACKENDS if name != "llvm"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", SHAPES)
def test_zero_arrays_stay_where_they_are(
    backend: str, dtype: DTypeLike, shape: tuple[int, ...]
) -> None:
    """No NaN: null directions of a zero matrix give zero, with and without damping."""
    rule = textbook(
        "Zero",
        ("metric", {K: K + outer(G, G)}),
        ("moments", {X: X - POLAR}),
        (
            "weights",
            {
                w: w
                - X
                - Through(EIGENVALUE**-a, EIGENVALUE, K, G)
                - Through(DAMPED, EIGENVALUE, K, G)
            },
        ),
    )
    size = int(np.prod(shape))
    start = {n: np.zeros(shape, dtype) for n in ("w", "X", "gradient")}
    with np.errstate(all="raise"):
        after = run(rule, backend, start | {"K": np.zeros((size, size), dtype)})
    assert all(np.array_equal(x, np.zeros_like(x)) and x.dtype == dtype for x in after.values())


def test_a_direction_without_curvature_is_left_out_only_where_the_metric_is_infinite() -> None:
    metric, array = np.diag([4.0, 0.0]), np.array([2.0, 6.0])
    bare = velocity_of(QuadraticForm(1 / sp.sqrt(EIGENVALUE), EIGENVALUE, K, X) / 2, array, metric)
    assert bare == pytest.approx([1.0, 0.0])
    damped = velocity_of(QuadraticForm(DAMPED, EIGENVALUE, K, X) / 2, array, metric)
    assert damped == pytest.approx([2 / 2.3, 6 / 0.3])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_rounding_in_a_direction_without_curvature_is_not_blown_up(dtype: DTypeLike) -> None:
    """The first step of a full metric: K = g gᵀ, and 1/ε would multiply what is only rounding."""
    array = np.random.default_rng(8).normal(size=6).astype(dtype)
    tiny = QuadraticForm(1 / (sp.sqrt(EIGENVALUE) + sp.Rational(1, 10**9)), EIGENVALUE, K, X) / 2
    mine = velocity_of(tiny, array, np.outer(array, array))
    assert mine == pytest.approx(array / np.linalg.norm(array), rel=1e-5, abs=1e-5)


@given(st.integers(0, 99), st.floats(1e-12, 1e12))
@settings(max_examples=20)
def test_the_polar_factor_does_not_know_the_scale(seed: int, scale: float) -> None:
    matrix = np.random.default_rng(seed).normal(size=(3, 2))
    assert velocity_of(nuclear(X), scale * matrix) == pytest.approx(
        velocity_of(nuclear(X), matrix), rel=1e-6, abs=1e-9
    )


@given(st.integers(0, 99))
@settings(max_examples=10)
def test_a_full_metric_commutes_with_a_rotation_of_coordinates(seed: int) -> None:
    chance = np.random.default_rng(seed)
    turn, _ = np.linalg.qr(chance.normal(size=(4, 4)))
    root, array = chance.normal(size=(4, 4)), chance.normal(size=4)
    metric = root @ root.T + np.eye(4)
    energy = QuadraticForm(DAMPED, EIGENVALUE, K, X) / 2
    turned = velocity_of(energy, turn @ array, turn @ metric @ turn.T)
    assert turned == pytest.approx(turn @ velocity_of(energy, array, metric), abs=1e-10)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", RULES)
def test_sources_say_what_they_do(name: str, backend: str) -> None:
    text = RULES[name].source(backend)
    tree = ast.parse(text)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert all(ast.get_docstring(node) for node in (tree, *functions))
    assert "in its own shape" in text and "numba" not in text
    assert all(f"def {node.name}(" in text for node in functions)
    called = {
        n.func.id
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    }
    assert {n.name for n in functions} - {"step"} <= called, "no helper that nothing calls"


@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_the_plan_says_which_states_are_matrices(backend: str) -> None:
    made_plan = plan(RULES["coupled"], backend)
    assert made_plan.matrices == ("K",) and made_plan.whole and made_plan.buffers == 0
    plain = plan(textbook("SGD", ("weights", {w: w - lr * G})), backend)
    assert plain.matrices == () and not plain.whole


def test_jax_compiles_and_differentiates_them() -> None:
    jax = pytest.importorskip("jax", reason="JAX is an extra")
    step = function_of(RULES["covariant"].source("jax"))
    with jax.enable_x64(True):
        start = {
            n: jax.numpy.asarray(x) for n, x in made(RULES["covariant"], (2, 2), float, 1).items()
        }
        start.pop("X")
        values = {n: NUMBERS[n] for n in ("a", "eps", "lr")}
        plain, compiled = step(**start, **values)[0], jax.jit(step)(**start, **values)[0]
    assert np.asarray(compiled) == pytest.approx(np.asarray(plain), rel=1e-12)
