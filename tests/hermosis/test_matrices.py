"""Optimizers that read arrays as matrices: what a step does, and whole runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hermosis as hm
from derivations.algebra.arrays import nuclear, outer
from derivations.algebra.components import norm2
from derivations.algebra.matrices import EIGENVALUE, QuadraticForm
from derivations.algebra.symbols import G, lr, w
from derivations.step.rule import textbook
from hermosis.errors import (
    CheckpointError,
    StructureError,
)

from .matrix_systems import BACKENDS, Given, K, Nuclear, Soft, full, quadratic


def polar(matrix: np.ndarray) -> np.ndarray:
    left, _, right = np.linalg.svd(matrix, full_matrices=False)
    return left @ right


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_nuclear_norm_runs_end_to_end(backend: str, dtype: Any, tmp_path: Path) -> None:
    opt = Nuclear().optimizer(lr=0.1, momentum=0.5, integrator="C K D", backend=backend)
    weights = np.random.default_rng(1).normal(size=(4, 3)).astype(dtype)
    due, buffer = weights.astype(float), np.zeros((4, 3))
    state = opt.init(weights)
    for _ in range(5):
        buffer = 0.5 * buffer + due
        due = due - 0.1 * polar(buffer)
        opt.step(weights, weights.copy(), state)
    assert weights.dtype == dtype and state.arrays["X"][0].shape == (4, 3)
    assert weights == pytest.approx(due, rel=1e-4 if dtype == np.float32 else 1e-12, abs=1e-5)
    assert [proof.name for proof in Nuclear().reductions()] == [
        "Nuclear: Muon with the exact polar factor"
    ]
    for ending in ("html", "md", "tex"):
        path = Nuclear().derivation("C K D").write(tmp_path / f"nuclear.{ending}")
        assert Path(path).stat().st_size > 1000


@pytest.mark.parametrize("backend", BACKENDS)
def test_full_metrics_of_a_set_are_those_of_its_arrays(backend: str) -> None:
    chance = np.random.default_rng(2)
    weights = {"a": chance.normal(size=(2, 3)), "b": [chance.normal(size=4).astype(np.float32)]}
    alone = [weights["a"].copy(), weights["b"][0].copy()]
    opt = full(backend)
    state, states = opt.init(weights), [opt.init(x) for x in alone]
    assert [x.shape for x in state.arrays["K"]] == [(6, 6), (4, 4)]
    for _ in range(3):
        opt.step(weights, {"a": weights["a"] ** 3, "b": [weights["b"][0] ** 3]}, state)
        for array, own in zip(alone, states, strict=True):
            opt.step(array, array**3, own)
    assert np.array_equal(weights["a"], alone[0]) and np.array_equal(weights["b"][0], alone[1])
    assert weights["b"][0].dtype == np.float32 and state.arrays["K"][1].dtype == np.float32


def test_a_full_metric_step_is_what_linear_algebra_says() -> None:
    opt = full()
    weights = np.array([1.0, -2.0, 0.5])
    state, due = opt.init(weights), weights.copy()
    metric, moments = np.zeros((3, 3)), np.zeros(3)
    for step in range(6):
        gradient = np.random.default_rng(step).normal(size=3)
        metric = 0.9 * metric + 0.1 * np.outer(gradient, gradient)
        moments = 0.5 * moments + gradient
        values, vectors = np.linalg.eigh(metric)
        kept = values > 1e-12 * values.max()
        along = np.where(kept, vectors.T @ moments, 0) / np.sqrt(np.where(kept, values, 1))
        due -= 0.01 * vectors @ along
        opt.step(weights, gradient, state)
    assert weights == pytest.approx(due, rel=1e-9)
    assert state.arrays["K"][0] == pytest.approx(metric)


def test_sums_run_over_the_whole_set() -> None:
    """H is one number: a norm in it couples the arrays, a matrix function does not."""
    form = QuadraticForm(EIGENVALUE, EIGENVALUE, K, G)
    rule = textbook(
        "Coupled",
        ("metric", {K: outer(G, G)}),
        ("weights", {w: w - G / (1 + norm2(G) + nuclear(G) + form)}),
    )
    opt = hm.Optimizer(Given(rule), {}, backend="numpy")
    arrays = [np.array([[3.0, 0.0], [0.0, 4.0]]), np.array([1.0])]
    weights = [x.copy() for x in arrays]
    opt.step(weights, arrays, opt.init(weights))
    whole = 1 + (25 + 1) + (7 + 1) + (25**2 + 1)
    for mine, start in zip(weights, arrays, strict=True):
        assert mine == pytest.approx(start - start / whole)


@pytest.mark.parametrize("backend", BACKENDS)
def test_strided_arrays(backend: str) -> None:
    whole = np.random.default_rng(3).normal(size=(6, 8))
    view, plain = whole[::2, ::-2].T, np.array(whole[::2, ::-2].T)
    rest = whole.copy()
    opt = Nuclear().optimizer(lr=0.1, momentum=0.5, backend=backend)
    states = opt.init(view), opt.init(plain)
    for _ in range(2):
        opt.step(view, view.copy(), states[0])
        opt.step(plain, plain.copy(), states[1])
    assert np.array_equal(view, plain)
    assert np.array_equal(whole[1::2], rest[1::2]) and np.array_equal(whole[:, ::2], rest[:, ::2])


def test_words_that_take_their_gradient_in_mid_step() -> None:
    target = np.random.default_rng(4).normal(size=(3, 3))
    word = "C/2 D/2 K D/2 C/2"
    opt = Soft(delta=4.0).optimizer(lr=0.1, momentum=0.8, integrator=word)
    start = {"m": np.zeros((3, 3)), "v": np.ones(2)}

    def loss(w: dict[str, np.ndarray]) -> tuple[float, dict[str, np.ndarray]]:
        value, slope = quadratic(target)(w["m"])
        return value + 0.5 * float(w["v"] @ w["v"]), {"m": slope, "v": w["v"]}

    result = hm.minimize(loss, start, opt, steps=300, jac=True)
    assert result.fun < 1e-12


def drift(tau: float) -> float:
    target = np.random.default_rng(5).normal(size=(3, 2))
    system = Soft(delta=2.0, profile=hm.Exponential(0.3))
    opt = system.optimizer(step=tau, integrator="C/2 D/2 K D/2 C/2")
    steps = round(4 / tau)
    start = {"m": np.zeros((3, 2)), "v": np.ones(1)}

    def loss(w: dict[str, np.ndarray]) -> tuple[float, dict[str, np.ndarray]]:
        value, slope = quadratic(target)(w["m"])
        return value + 0.5 * float(w["v"] @ w["v"]), {"m": slope, "v": w["v"]}

    result = hm.minimize(loss, start, opt, steps=steps, jac=True, ledger=True)
    return float(np.max(np.abs(result.trace.drift)))


def test_the_ledger_conserves_energy_to_second_order() -> None:
    coarse, fine = drift(0.1), drift(0.05)
    assert 0 < fine < 1e-2 and 3.3 < coarse / fine < 4.8


def test_the_flow_of_one_matrix_is_followed() -> None:
    target = np.random.default_rng(6).normal(size=(2, 3))
    system = Soft(delta=2.0, profile=hm.Exponential(0.3))
    flow = system.flow(quadratic(target), np.zeros((2, 3)), t=2.0, jac=True)
    opt = system.optimizer(step=0.002, integrator="C/2 D/2 K D/2 C/2")
    result = hm.minimize(quadratic(target), np.zeros((2, 3)), opt, steps=1000, jac=True)
    assert result.x.reshape(-1) == pytest.approx(flow.w[-1], abs=1e-5)
    assert flow.energy == pytest.approx(np.full(flow.energy.shape, flow.energy[0]), abs=1e-7)
    with pytest.raises(StructureError, match="for one array only; use hm.minimize"):
        system.flow(lambda w: (0.0, w), [np.zeros((2, 2)), np.ones(1)], t=1.0, jac=True)
    with pytest.raises(StructureError, match="for one array only"):
        implicit = system.optimizer(step=0.1, integrator="ImplicitMidpoint")
        hm.minimize(quadratic(target), np.zeros((2, 3)), implicit, steps=1, jac=True)


def test_checkpoints_go_on_bit_for_bit(tmp_path: Path) -> None:
    opt, chance = full(), np.random.default_rng(7)
    weights = {"a": chance.normal(size=(2, 2)), "b": chance.normal(size=3).astype(np.float32)}
    state = opt.init(weights)
    for _ in range(3):
        opt.step(weights, {n: x**3 for n, x in weights.items()}, state)
    path = opt.save(tmp_path / "full.npz", weights, state)
    again, resumed = full().load(path)
    assert resumed.matrices == ("K",)
    for _ in range(3):
        opt.step(weights, {n: x**3 for n, x in weights.items()}, state)
        opt.step(again, {n: x**3 for n, x in again.items()}, resumed)
    for name in weights:
        assert np.array_equal(weights[name], again[name])
    other = hm.Optimizer(Given(textbook("Full", ("weights", {w: w - lr * G}))), {"lr": 0.1})
    with pytest.raises(CheckpointError, match="holds the states K, X"):
        other.load(path)


@settings(max_examples=20)
@given(
    st.lists(
        st.sampled_from([(), (3,), (2, 3), (3, 2), (2, 1, 2), (0,), (0, 2)]), min_size=1, max_size=3
    ),
    st.sampled_from([np.float32, np.float64]),
    st.integers(0, 99),
)
def test_any_set_of_arrays_keeps_its_shapes_and_precision(
    shapes: list[tuple[int, ...]], dtype: Any, seed: int
) -> None:
    chance = np.random.default_rng(seed)
    weights = [chance.normal(size=shape).astype(dtype) for shape in shapes]
    for opt in (full(), Soft().optimizer(lr=0.1, momentum=0.9)):
        state = opt.init(weights)
        for _ in range(2):
            opt.step(weights, [np.array(x) for x in weights], state)
        assert [x.shape for x in weights] == shapes
        assert all(x.dtype == dtype and np.isfinite(x).all() for x in weights)
        assert all(x.dtype == dtype for own in state.arrays.values() for x in own)
