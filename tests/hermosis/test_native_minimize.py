"""Runs in machine code are the runs of the loop in Python: every field, however they end."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hermosis as hm
from hermosis import optimizers
from hermosis.errors import HyperparameterError, StructureError
from hermosis.run import stretches
from hermosis.run.optimizer import Optimizer

from . import runs

RULES: dict[str, Optimizer] = {
    **runs.RULES,
    "diverging": optimizers.Momentum(lr=10.0),
    "overflowing": optimizers.SGD(lr=1e30),
}
LOSSES = {
    "double well": hm.symbolic(lambda x, y: (x**2 - 1) ** 2 + y**2),
    "waves": hm.symbolic(lambda x, y: hm.sin(x) * hm.cos(2 * y) + (x**2 + y**2) / 4),
}
FIELDS = ("x", "fun", "jac", "x_best", "fun_best")
COUNTS = ("nit", "nfev", "njev", "status", "success", "message")


def in_python(fun: Any) -> Any:
    """The same loss, as a function of Python."""
    return lambda w: fun(w)


def compared(native: Any, python: Any, precision: Any) -> None:
    near = {"rtol": 1e-9, "atol": 1e-9} if precision == np.float64 else {"rtol": 1e-2, "atol": 1e-3}
    assert {name: native[name] for name in COUNTS} == {name: python[name] for name in COUNTS}
    for name in FIELDS:
        np.testing.assert_allclose(native[name], python[name], err_msg=name, **near)
        assert np.asarray(native[name]).dtype == np.asarray(python[name]).dtype
    np.testing.assert_allclose(native.trace.fun, python.trace.fun, **near)
    np.testing.assert_allclose(native.trace.grad_norm, python.trace.grad_norm, **near)
    assert (native.trace.energy is None) == (python.trace.energy is None)
    if precision == np.float64:
        for name in ("kinetic", "potential", "heat"):
            own, due = (getattr(run.trace, name) for run in (native, python))
            if due is not None:
                scale = 1e-9 * max(1.0, float(np.abs(due).max()))
                np.testing.assert_allclose(own, due, rtol=1e-9, atol=scale, err_msg=name)
    assert (native.state.step, native.state.time) == (python.state.step, python.state.time)
    for name, (array,) in native.state.arrays.items():
        np.testing.assert_allclose(array, python.state.arrays[name][0], **near)


@pytest.fixture
def _counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many steps each call of machine code made."""
    made: list[int] = []
    call = stretches.Stretches.__call__

    def told(self: Any, left: int) -> tuple[int, bool]:
        result = call(self, left)
        made.append(result[0])
        return result

    monkeypatch.setattr(stretches.Stretches, "__call__", told)
    return made


@pytest.mark.parametrize("rule", RULES)
@settings(max_examples=25)
@given(
    loss=st.sampled_from(sorted(LOSSES)),
    start=st.tuples(st.floats(-1.5, 1.5), st.floats(-1.5, 1.5)),
    steps=st.sampled_from([0, 1, 2, 40, 63, 64, 65, 200]),
    tol=st.sampled_from([None, 0.3, 1e-3]),
    precision=st.sampled_from([np.float64, np.float32]),
)
def test_it_is_the_run_of_the_loop_in_python(
    rule: str, loss: str, start: Any, steps: int, tol: Any, precision: Any
) -> None:
    fun, opt, w0 = LOSSES[loss], RULES[rule], np.array(start, precision)
    steps = min(steps, 20) if precision == np.float32 else steps  # before roundings grow
    native = hm.minimize(fun, w0, opt, steps=steps, tol=tol)
    python = hm.minimize(in_python(fun), w0, opt, jac=True, steps=steps, tol=tol)
    compared(native, python, precision)


@pytest.mark.parametrize("rule", [name for name in RULES if "ing" not in name])
def test_machine_code_makes_all_steps_of_a_usual_run(rule: str, _counted: list[int]) -> None:
    hm.minimize(LOSSES["waves"], np.array([0.3, -0.7]), RULES[rule], steps=1000)
    assert sum(_counted) == 1000 and len(_counted) < 10


def test_a_run_of_many_weights() -> None:
    fun = hm.symbolic(
        lambda x: sum(100 * (b - a**2) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:], strict=False)),
        size=30,
    )
    w0, opt = np.zeros(30), optimizers.Adam(lr=0.01)
    native = hm.minimize(fun, w0, opt, steps=300)
    compared(native, hm.minimize(in_python(fun), w0, opt, jac=True, steps=300), np.float64)


def test_energies_are_kept_unless_they_are_not_wanted() -> None:
    fun, w0, opt = (
        LOSSES["double well"],
        np.array([0.5, 1.0]),
        runs.H.optimizer(lr=0.01, momentum=0.9),
    )
    assert hm.minimize(fun, w0, opt, steps=9, ledger=False).trace.energy is None
    asked = hm.minimize(fun, w0, opt, steps=9)
    due = hm.minimize(in_python(fun), w0, opt, jac=True, steps=9)
    np.testing.assert_allclose(asked.trace.energy, due.trace.energy, rtol=1e-12)


def test_what_asks_for_more_at_each_step_goes_step_by_step(_counted: list[int]) -> None:
    fun, w0, opt = LOSSES["double well"], np.array([0.5, 1.0]), RULES["Adam"]
    seen: list[Any] = []
    due = hm.minimize(fun, w0, opt, steps=9)
    assert sum(_counted) == 9
    for options in ({"callback": seen.append}, {"keep": True}):
        found = hm.minimize(fun, w0, opt, steps=9, **options)
        np.testing.assert_allclose(found.x, due.x, rtol=1e-14)
    in_numpy = optimizers.Adam(lr=0.05, backend="numpy")
    np.testing.assert_allclose(hm.minimize(fun, w0, in_numpy, steps=9).x, due.x, rtol=1e-14)
    noisy = hm.Hamiltonian().optimizer(step=0.01, temperature=0.1, integrator="C N D K")
    assert hm.minimize(fun, w0, noisy, steps=9).nit == 9
    assert sum(_counted) == 9 and len(seen) == 10


def test_a_schedule_that_is_refused_is_refused_when_its_step_comes() -> None:
    fun, w0 = LOSSES["double well"], np.array([0.5, 1.0])
    bad = optimizers.SGD(lr=lambda step: 0.1 if step < 70 else -1.0)
    with pytest.raises(HyperparameterError, match=r"lr came out as -1\.0"):
        hm.minimize(fun, w0, bad, steps=100)
    assert hm.minimize(fun, w0, bad, steps=70).nit == 70
    assert hm.minimize(fun, w0, bad, steps=100, tol=1e-2).status == 0


def test_a_start_of_the_wrong_size_or_a_second_gradient_is_refused() -> None:
    fun, opt = LOSSES["double well"], RULES["SGD"]
    with pytest.raises(
        StructureError, match=r"w has shape \(3,\), but the loss is a function of 2"
    ):
        hm.minimize(fun, np.ones(3), opt)
    with pytest.raises(StructureError, match="has its own gradient; leave jac out"):
        hm.minimize(fun, np.ones(2), opt, jac=lambda w: w)


# -- functions of Numba


@pytest.fixture(scope="module")
def numba() -> Any:
    return pytest.importorskip("numba")


def test_a_function_of_numba_runs_in_machine_code(numba: Any, _counted: list[int]) -> None:
    def both(w: Any) -> Any:
        return np.sum((w**2 - 1) ** 2), 4 * w * (w**2 - 1)

    w0, opt = np.linspace(-1.5, 2.0, 7), RULES["RGD"]
    due = hm.minimize(both, w0, opt, jac=True, steps=100)
    compared(hm.minimize(numba.njit(both), w0, opt, jac=True, steps=100), due, np.float64)
    assert sum(_counted) == 100
    value = numba.njit(lambda w: np.sum((w**2 - 1) ** 2))
    slope = numba.njit(lambda w: 4 * w * (w**2 - 1))
    compared(hm.minimize(value, w0, opt, jac=slope, steps=100), due, np.float64)
    assert sum(_counted) == 200


def test_errors_of_a_function_of_numba_are_the_users_own(numba: Any) -> None:
    @numba.njit
    def breaks(w: Any) -> Any:
        if w[0] < 0.5:
            raise ValueError("mine")
        return np.sum(w**2), 2 * w

    with pytest.raises(ValueError, match="mine"):
        hm.minimize(breaks, np.ones(2), optimizers.SGD(lr=0.01), jac=True, steps=500)


@pytest.mark.parametrize(
    ("slope", "words"),
    [
        (lambda w: w[:-1], r"the gradient has shape \(2,\)"),
        (lambda w: np.ones(3, np.int64), "the gradient holds int64"),
    ],
)
def test_a_gradient_that_does_not_fit_is_refused(numba: Any, slope: Any, words: str) -> None:
    value = numba.njit(lambda w: np.sum(w**2))
    with pytest.raises(StructureError, match=words):
        hm.minimize(value, np.ones(3), RULES["SGD"], jac=numba.njit(slope), steps=5)
