"""NumPy's steps: one call for a small array, and phase by phase: the same numbers and checks."""

from __future__ import annotations

import copy
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from hermosis import optimizers
from hermosis.errors import NonFiniteGradientError, UndefinedStepError
from hermosis.run import arrays as module
from hermosis.run.arrays import ArrayExecutor
from hermosis.run.pieces import CHUNK

from .test_native import (
    LAYOUTS,
    METHODS,
    check_unusual,
    each_method,
    flat,
    numbers,
    slope,
    unlike,
    walked,
)


@pytest.fixture
def by_phases(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Any]:
    """Steps are made phase by phase while the context lasts."""

    @contextmanager
    def only() -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr(module, "direct_step", lambda executor: None)
            yield

    return only


@each_method
@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=["double", "single"])
@pytest.mark.parametrize("made", LAYOUTS)
def test_one_call_and_phases_agree(made: str, dtype: Any, name: str, by_phases: Any) -> None:
    w, state = walked(METHODS[name](backend="numpy"), LAYOUTS[made](dtype))
    with by_phases():
        due, kept = walked(METHODS[name](backend="numpy"), LAYOUTS[made](dtype))
    close = 4 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(flat(w), flat(due), rtol=close, atol=close)
    assert (state.step, state.time) == (kept.step, kept.time)


@pytest.mark.parametrize("method", ["Momentum", "Adam", "Lion", "VRAdam"])
@pytest.mark.parametrize("value", [None, 0.25])
def test_one_call_and_phases_agree_in_energies(
    method: str, value: float | None, by_phases: Any
) -> None:
    """And in the internal energy, with a schedule and a clock."""

    def run() -> tuple[Any, ...]:
        opt = optimizers.create(method, lr=lambda k: 0.1 / (1 + k), backend="numpy")
        w = numbers(5)
        state = opt.init(w)
        for _ in range(4):
            opt.step(w, slope(w), state, value)
        return flat(w), flat(state.arrays), state.numbers.copy()

    one = run()
    with by_phases():
        for found, due in zip(one, run(), strict=True):
            np.testing.assert_allclose(found, due, rtol=1e-14)


@each_method
def test_one_call_makes_the_steps_of_a_small_array(name: str) -> None:
    """Others would be views, which stay where an array was that is resized."""
    opt = METHODS[name](backend="numpy")
    for made in ("vector", "matrix", "list"):
        w = LAYOUTS[made](float)
        bound = opt.executor(w, opt.init(w), False)
        assert isinstance(bound, ArrayExecutor) and not bound.plan.guarded
        assert (bound.direct is not None) == (made == "vector"), made


@each_method
@pytest.mark.parametrize("what", unlike())
def test_what_is_unusual_is_read_before_anything_is_written(what: str, name: str) -> None:
    check_unusual(what, METHODS[name](backend="numpy"), METHODS[name](backend="llvm"), 1e-6)


@each_method
@pytest.mark.parametrize("size", [5, CHUNK + 1])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_gradient_that_is_not_finite_changes_nothing(bad: float, size: int, name: str) -> None:
    opt = METHODS[name](backend="numpy")
    w, state = walked(opt, numbers(size), steps=1)
    before = copy.deepcopy((w, state.arrays))
    gradient = slope(w)
    gradient[-1] = bad
    with pytest.raises(NonFiniteGradientError, match=f"1 non-finite values of {size}"):
        opt.step(w, gradient, state)
    assert np.array_equal(flat(before[0]), flat(w)) and state.step == 1
    assert np.array_equal(flat(before[1]), flat(state.arrays))


@each_method
@pytest.mark.parametrize("size", [4, 5000])
def test_infinities_of_both_signs_are_refused_by_name(size: int, name: str) -> None:
    """Their sum is not a number, of which NumPy would warn."""
    opt = METHODS[name](backend="numpy")
    w, state = walked(opt, numbers(size), steps=1)
    before, gradient = w.copy(), slope(w)
    gradient[:2] = np.inf, -np.inf
    with pytest.raises(NonFiniteGradientError, match=f"2 non-finite values of {size}"):
        opt.step(w, gradient, state)
    assert np.array_equal(w, before) and state.step == 1


def test_a_large_gradient_is_finite_though_its_square_is_not() -> None:
    opt, w = METHODS["SGD"](backend="numpy"), numbers(4)
    due = w - 0.1 * 1e200
    with np.errstate(all="raise"):
        opt.step(w, np.full(4, 1e200), opt.init(w))
    assert np.array_equal(w, due)


def test_a_schedule_is_asked_at_each_step() -> None:
    rates = [0.1, 0.2, 0.4]
    opt = METHODS["SGD"](backend="numpy", lr=lambda step: rates[step], momentum=0.0)
    w = np.zeros(2)
    state = opt.init(w)
    for _ in rates:
        opt.step(w, np.ones(2), state)
    np.testing.assert_allclose(w, -sum(rates))


@pytest.mark.parametrize("backend", ["numpy", "llvm"])
def test_a_copy_has_hyperparameters_of_its_own(backend: str) -> None:
    opt = METHODS["SGD"](backend=backend, lr=0.1, momentum=0.0)
    w = np.zeros(2)
    opt.step(w, np.ones(2), opt.init(w))
    other = copy.copy(opt)
    other.set(lr=0.5)
    for own, due in ((other, -0.6), (opt, -0.7)):
        state = own.init(w)
        own.step(w, np.ones(2), state)
        np.testing.assert_allclose(w, due)


def test_a_factor_that_is_not_defined_changes_nothing() -> None:
    opt = METHODS["Adam"](backend="numpy", betas=(1.0, 0.9))
    w = np.ones(3)
    state = opt.init(w)
    with pytest.raises(UndefinedStepError, match="not defined at"):
        opt.step(w, np.ones(3), state)
    assert (w == 1).all() and not state.arrays["X"][0].any() and state.step == 0


@each_method
@pytest.mark.parametrize("backend", ["numpy", "llvm"])
def test_a_step_allocates_less_than_a_chunk(backend: str, name: str) -> None:
    """Beyond its state, and what the first step makes for all that follow."""
    opt = METHODS[name](backend=backend)
    w = numbers(10 * CHUNK)
    state = opt.init(w)
    gradient = slope(w)
    opt.step(w, gradient, state)
    tracemalloc.start()
    try:
        opt.step(w, gradient, state)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < CHUNK
