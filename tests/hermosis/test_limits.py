"""The ends of what a step takes: huge and tiny numbers, and odd arrays."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

import hermosis as hm
from hermosis import optimizers
from hermosis.errors import (
    NonFiniteStepError,
    StateError,
    StructureError,
)
from hermosis.run.optimizer import Optimizer

both = pytest.mark.parametrize("backend", ["llvm", "numpy"])


def bowl(w: Any) -> tuple[float, Any]:
    return 0.5 * float(w @ w), w


def stepped(opt: Optimizer, w: Any, gradient: Any, value: float | None = None) -> Any:
    opt.step(w, gradient, opt.init(w), value)
    return w


# -- numbers


@both
@pytest.mark.parametrize("size", [1e-25, 1.0, 1e19])
def test_a_norm_of_small_numbers_of_single_precision_keeps_its_digits(
    size: float, backend: str
) -> None:
    opt = optimizers.NormalizedGD(lr=0.1, momentum=0, backend=backend)
    gradient = (np.array([3.0, 4.0]) * size).astype(np.float32)
    found = stepped(opt, np.zeros(2, np.float32), gradient)
    np.testing.assert_allclose(found, [-0.06, -0.08], rtol=1e-6)


@both
@pytest.mark.parametrize("size", [1e-25, 1.0, 1e120, 1e200])
def test_a_norm_of_doubles_keeps_its_digits(size: float, backend: str) -> None:
    opt = optimizers.NormalizedGD(lr=0.1, momentum=0, backend=backend)
    found = stepped(opt, np.zeros(2), np.array([3.0, 4.0]) * size)
    np.testing.assert_allclose(found, [-0.06, -0.08], rtol=1e-11)


@pytest.mark.parametrize("size", [1e-170, 1e160])
def test_a_run_knows_the_length_of_any_gradient(size: float) -> None:
    run = hm.minimize(
        lambda w: (1.0, np.full(2, size)), np.zeros(2), optimizers.SGD(lr=1e-170), jac=True, steps=2
    )
    assert run.status == 1
    np.testing.assert_allclose(run.trace.grad_norm, size * np.sqrt(2), rtol=1e-12)


@both
@pytest.mark.parametrize("precision", [np.float64, np.float32])
def test_what_would_overflow_is_refused_and_changes_nothing(precision: Any, backend: str) -> None:
    large = {np.float64: 1e300, np.float32: 1e30}[precision]
    made = {
        "Momentum": optimizers.Momentum(lr=1e10, backend=backend),
        "Adam": optimizers.Adam(lr=0.1, backend=backend),
        "RMSProp": optimizers.RMSProp(lr=0.1, backend=backend),
    }
    for name, opt in made.items():
        w = np.zeros(3, precision)
        state = opt.init(w)
        before = copy.deepcopy((w, state))
        with pytest.raises(NonFiniteStepError, match="the step overflows"):
            opt.step(w, np.full(3, large, precision), state)
        assert np.array_equal(w, before[0]) and state == before[1], name


@both
def test_parameters_that_are_not_finite_are_named(backend: str) -> None:
    opt = optimizers.Adam(lr=0.1, backend=backend)
    with pytest.raises(NonFiniteStepError, match="has 1 non-finite values of 2 before the step"):
        stepped(opt, np.array([np.nan, 1.0]), np.ones(2))


@both
def test_a_variance_is_not_negative(backend: str) -> None:
    opt = optimizers.RMSProp(lr=0.01, alpha=0.5, centered=True, backend=backend)
    w, gradient = np.zeros(200), np.linspace(0.1, 1, 200)
    state = opt.init(w)
    for _ in range(60):
        opt.step(w, gradient, state)
    assert np.isfinite(w).all()


@both
@pytest.mark.parametrize("mode", ["raise", "warn", "ignore"])
def test_errors_of_numpy_leave_all_or_nothing(mode: str, backend: str) -> None:
    opt, w = optimizers.Momentum(lr=0.1, backend=backend), np.zeros(2)
    state = opt.init(w)
    with np.errstate(all=mode):  # type: ignore[call-overload]
        opt.step(w, np.array([1e200, 1.0]), state, 1.0)
    np.testing.assert_allclose(w, [-1e199, -0.1])
    assert state.step == 1


# -- arrays


@both
@pytest.mark.parametrize("kind", ["matrix", "masked"])
@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
def test_arrays_that_mean_something_else_are_refused(kind: str, backend: str) -> None:
    odd = np.matrix([[1.0, 2.0]]) if kind == "matrix" else np.ma.masked_array([1.0], [True])
    opt = optimizers.SGD(lr=0.1, backend=backend)
    with pytest.raises(StructureError, match="give a plain array"):
        opt.init(odd)
    w = np.ones(odd.shape)
    with pytest.raises(StructureError, match="give a plain array"):
        stepped(opt, w, odd)
    assert np.array_equal(w, np.ones(odd.shape))


@both
@pytest.mark.parametrize("size", [3, 400_000])
def test_parameters_in_the_same_memory_are_refused(size: int, backend: str) -> None:
    opt = optimizers.Momentum(lr=0.1, backend=backend)
    whole = np.zeros(2 * size)
    for pair in ([whole, whole], [whole[:-1], whole[1:]]):
        with pytest.raises(StructureError, match="lie in the same memory"):
            stepped(opt, pair, [x.copy() for x in pair])
    assert not whole.any()


@both
@pytest.mark.parametrize("size", [3, 300_000])
def test_read_only_states_are_refused(size: int, backend: str) -> None:
    opt, w = optimizers.Momentum(lr=0.1, backend=backend), np.ones(size)
    state = opt.init(w)
    opt.step(w, np.ones(size), state)
    state.arrays["X"][0].flags.writeable = False
    before = w.copy()
    with pytest.raises(StateError, match="is read-only, so that no step can move it"):
        opt.step(w, np.ones(size), state)
    assert np.array_equal(w, before)


@both
@pytest.mark.parametrize("name", ["Relativistic", "RestMass", "Momentum", "Adam"])
def test_arrays_that_were_resized_are_noticed(name: str, backend: str) -> None:
    opt = getattr(optimizers, name)(lr=0.1, backend=backend)
    w = np.ones(6)
    state = opt.init(w)
    opt.advance(w, state, lambda w: (1.0, np.ones(6)))
    neighbour = np.zeros(6)
    w.resize(12, refcheck=False)
    with pytest.raises(StructureError):
        opt.advance(w, state, lambda w: (1.0, np.ones(w.shape)))
    w.resize(6, refcheck=False)
    state.arrays["X"][0].resize(2, refcheck=False)
    with pytest.raises(StateError, match=r"holds float64\[2\], but the parameter float64\[6\]"):
        opt.advance(w, state, lambda w: (1.0, np.ones(6)))
    assert not neighbour.any()


@both
def test_an_empty_array_is_no_reason_to_refuse(backend: str) -> None:
    for name in ("RestMass", "NormalizedGD", "Adam"):
        opt = getattr(optimizers, name)(lr=0.1, backend=backend)
        alone, w = np.ones(3), [np.zeros((0, 2)), np.ones(3)]
        found, due = opt.init(w), opt.init(alone)
        for _ in range(3):
            opt.step(w, [np.zeros((0, 2)), np.sin(w[1])], found)
            opt.step(alone, np.sin(alone), due)
        np.testing.assert_array_equal(w[1], alone)
        nothing = np.zeros(0)
        state = opt.init(nothing)
        opt.step(nothing, np.zeros(0), state, 1.0)
        assert state.step == 1
