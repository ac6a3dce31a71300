"""Hyperparameters with a number for each component: the steps of components with one each."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hermosis as hm
from hermosis import optimizers
from hermosis.errors import HyperparameterError
from hermosis.run.optimizer import Optimizer

RATES = np.array([0.1, 0.01, 0.3])
MADE: dict[str, Callable[..., Optimizer]] = {
    "Momentum": lambda **more: optimizers.Momentum(**({"lr": 0.1} | more)),
    "Adam": lambda **more: optimizers.Adam(**({"lr": 0.1} | more)),
    "RMSProp": lambda **more: optimizers.RMSProp(**({"lr": 0.1} | more)),
    "Lion": lambda **more: optimizers.Lion(**({"lr": 0.1} | more)),
}


def walked(opt: Optimizer, w: Any, steps: int = 5) -> Any:
    state = opt.init(w)
    for _ in range(steps):
        opt.step(w, np.sin(w) + 0.3, state)
    return w


@pytest.mark.parametrize("backend", ["numpy", "llvm", "numba"])
@pytest.mark.parametrize("name", MADE)
def test_each_component_goes_by_its_own_rate(name: str, backend: str) -> None:
    start = np.array([1.0, -2.0, 0.5])
    found = walked(MADE[name](lr=RATES, backend=backend), start.copy())
    due = [
        walked(MADE[name](lr=float(rate), backend=backend), start[k : k + 1].copy())[0]
        for k, rate in enumerate(RATES)
    ]
    np.testing.assert_allclose(found, due, rtol=1e-13)


@given(st.sampled_from(["lr", "momentum", "weight_decay"]), st.integers(0, 10_000))
def test_any_hyperparameter_may_be_an_array(name: str, seed: int) -> None:
    random = np.random.default_rng(seed)
    own, start = random.uniform(0.01, 0.9, size=4), random.normal(size=4)
    more = {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01}
    found = walked(optimizers.Momentum(**more | {name: own}), start.copy())
    for k, value in enumerate(own):
        due = walked(optimizers.Momentum(**more | {name: float(value)}), start[k : k + 1].copy())
        np.testing.assert_allclose(found[k], due[0], rtol=1e-12)


def test_arrays_broadcast_and_branches_have_their_own() -> None:
    w = {"a": np.ones((2, 3)), "b": np.ones(3)}
    opt = optimizers.SGD(lr={"a": RATES, "b": 0.5}, momentum=0.0)
    state = opt.init(w)
    opt.step(w, {"a": np.ones((2, 3)), "b": np.ones(3)}, state)
    np.testing.assert_allclose(w["a"], np.ones((2, 3)) - RATES)
    np.testing.assert_allclose(w["b"], 0.5)


def test_minimize_copies_and_checkpoints_keep_them(tmp_path: Any) -> None:
    opt = MADE["Adam"](lr=RATES)
    loss = lambda w: (float(np.sum(w**2)), 2 * w)  # noqa: E731
    due = hm.minimize(loss, np.ones(3), opt, jac=True, steps=20)
    for other in (copy.deepcopy(opt), pickle.loads(pickle.dumps(opt))):
        found = hm.minimize(loss, np.ones(3), other, jac=True, steps=20)
        np.testing.assert_array_equal(found.x, due.x)
    opt.save(tmp_path / "run", due.x, due.state)
    w, state = opt.load(tmp_path / "run")
    np.testing.assert_array_equal(state.arrays["lr"][0], RATES)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: MADE["Adam"](lr=-RATES), "lr is an array with numbers from -0.3 to -0.01"),
        (lambda: MADE["Adam"](lr=np.array([0.1, np.nan])), "lr is an array with numbers from nan"),
        (lambda: MADE["Adam"](lr=np.array(["a"])), "lr is an array of <U1; give numbers"),
        (
            lambda: MADE["Adam"](lr=RATES).init(np.ones(2)),
            r"shape \(3,\), which does not broadcast",
        ),
        (lambda: MADE["Adam"](lr=RATES).set(lr=0.1), "cannot change between a number and an array"),
        (lambda: MADE["Adam"](lr=0.1).set(lr=RATES), "cannot change between a number and an array"),
        (
            lambda: hm.Hamiltonian(profile=hm.Power(3)).optimizer(step=RATES),
            "tau is an array, but the step reads no number",
        ),
    ],
)
def test_what_cannot_be_is_refused(make: Callable[[], Any], words: str) -> None:
    with pytest.raises(HyperparameterError, match=words):
        make()


def test_a_schedule_gives_one_number() -> None:
    opt, w = MADE["Adam"](lr=lambda k: RATES), np.ones(3)
    with pytest.raises(HyperparameterError, match="lr came out as array"):
        opt.step(w, w.copy(), opt.init(w))
    assert np.array_equal(w, np.ones(3))
