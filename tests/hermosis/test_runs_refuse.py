"""What runs and hyperparameters take, what they refuse, and what a run leaves behind."""

from __future__ import annotations

import operator
import pickle
from typing import Any

import numpy as np
import pytest
import scipy.optimize

import hermosis as hm
from hermosis import optimizers
from hermosis.errors import (
    HyperparameterError,
    NonFiniteStepError,
    StateError,
)
from hermosis.run.optimizer import Optimizer

both = pytest.mark.parametrize("backend", ["llvm", "numpy"])


def bowl(w: Any) -> tuple[float, Any]:
    return 0.5 * float(w @ w), w


def stepped(opt: Optimizer, w: Any, gradient: Any, value: float | None = None) -> Any:
    opt.step(w, gradient, opt.init(w), value)
    return w


@pytest.mark.parametrize(
    "make",
    [
        lambda: optimizers.Momentum(momentum=1.1),
        lambda: optimizers.Momentum(momentum=1e308),
        lambda: optimizers.RMSProp(alpha=1.5),
        lambda: optimizers.SGD(lr=10**400),
        lambda: optimizers.SGD(lr="0.1"),
        lambda: optimizers.SGD(lr=memoryview(b"12345678")),
        lambda: optimizers.SGD(lr=np.timedelta64(1, "s")),
        lambda: optimizers.SGD(lr=True),
        lambda: optimizers.RMSProp(centered=1),
        lambda: optimizers.Bregman(loop=2.5),
        lambda: setattr(optimizers.Adam(), "lr", 0.5),
        lambda: operator.setitem(optimizers.Adam().hyperparameters, "lr", 0.5),  # type: ignore[call-overload]
        lambda: optimizers.Adam().set(lr=-1.0),
        lambda: optimizers.Adam().set(momentum=0.5),
        lambda: optimizers.SGD(lr=0.1).set(dampening=0.5),
    ],
)
def test_hyperparameters_out_of_range_or_without_effect_are_refused(make: Any) -> None:
    with pytest.raises((HyperparameterError, TypeError)):
        make()


@both
def test_weight_decay_that_overflows_is_refused(backend: str) -> None:
    opt = optimizers.SGD(lr=0.1, weight_decay=1e308, backend=backend)
    with pytest.raises(NonFiniteStepError):
        stepped(opt, np.full(2, 1e10), np.ones(2))


@pytest.mark.parametrize("steps", [3.5, np.nan, -1, "3", None, True])
def test_a_number_of_steps_is_whole(steps: Any) -> None:
    with pytest.raises(HyperparameterError, match="steps is"):
        hm.minimize(bowl, np.ones(2), optimizers.SGD(), jac=True, steps=steps)


def test_a_tolerance_that_is_not_reached_is_no_success() -> None:
    short = hm.minimize(bowl, np.ones(2), optimizers.SGD(lr=1e-5), jac=True, steps=5, tol=1e-8)
    assert not short.success and short.status == 1
    reached = hm.minimize(bowl, np.ones(2), optimizers.SGD(lr=0.5), jac=True, steps=99, tol=1e-8)
    assert reached.success and reached.status == 0


def test_a_loss_cannot_spoil_a_run() -> None:
    kept: list[Any] = []

    def spoiling(w: Any) -> tuple[float, Any]:
        value, slope = bowl(w.copy())
        kept.append(w)
        w[...] = 7.0
        return value, slope

    found = hm.minimize(spoiling, np.ones(2), optimizers.Adam(lr=0.1), jac=True, steps=9)
    due = hm.minimize(bowl, np.ones(2), optimizers.Adam(lr=0.1), jac=True, steps=9)
    assert np.array_equal(found.x, due.x) and all((w == 7.0).all() for w in kept)


def test_runs_take_what_scipys_users_give(capsys: pytest.CaptureFixture[str]) -> None:
    adam = optimizers.Adam(lr=0.1)
    due = hm.minimize(bowl, np.array([1.0, 2.0]), adam, jac=True, steps=6)
    listed = hm.minimize(lambda w: (bowl(w)[0], w.tolist()), [1, 2], adam, jac=True, steps=6)
    assert np.array_equal(listed.x, due.x)
    boxed = hm.minimize(lambda w: (np.array([bowl(w)[0]]), w), [1, 2], adam, jac=True, steps=6)
    assert np.array_equal(boxed.x, due.x)
    first = hm.minimize(bowl, [1, 2], adam, jac=True, steps=3)
    rest = hm.minimize(bowl, first.x, adam, jac=True, steps=3, state=first.state)
    assert np.array_equal(rest.x, due.x) and first.state.step == 3
    assert hm.minimize(bowl, [1, 2], "Adam", jac=True, steps=1).success
    shown = scipy.optimize.minimize(
        lambda w: bowl(w)[0], [1, 2], jac=lambda w: w, method=adam, options={"disp": True}
    )
    assert shown.message in capsys.readouterr().out
    with pytest.raises(HyperparameterError, match=r"opt is a Hamiltonian.*optimizer\(lr=…\)"):
        hm.minimize(bowl, [1, 2], hm.Hamiltonian(), jac=True)  # type: ignore[arg-type]
    with pytest.raises(StateError, match="make a new state"):
        hm.minimize(bowl, [1, 2], optimizers.SGD(), jac=True, state=first.state)


def test_a_long_trace_is_thinned_evenly_and_keeps_the_last() -> None:
    loss = hm.symbolic(lambda x: x**2)
    run = hm.minimize(loss, np.ones(1), optimizers.Momentum(lr=1e-9), steps=300_000)
    steps = run.trace.step
    assert len(run.trace) <= (1 << 17) + 1 and steps[-1] == 300_000
    assert set(np.diff(steps[:-1])) == {4}
    assert len(run.trace.fun) == len(run.trace.energy) == len(steps)
    assert pickle.loads(pickle.dumps(run.trace)).fun[0] == 1.0
