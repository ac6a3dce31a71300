"""Edited states, other threads and interruptions: a step is made, or changes nothing."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hermosis as hm
from hermosis import optimizers
from hermosis.errors import (
    ConcurrentStepError,
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


@both
@pytest.mark.parametrize(
    "edit",
    [
        lambda state: state.arrays.pop("X"),
        lambda state: state.arrays.update(Q=[np.zeros(2)]),
        lambda state: state.arrays.update(X=[np.zeros(3)]),
        lambda state: state.arrays.update(X=None),
        lambda state: state.arrays.update(X=[[0.0, 0.0]]),
        lambda state: state.arrays.update(X=[np.zeros(2, np.float32)]),
        lambda state: setattr(state, "step", 0.5),
        lambda state: setattr(state, "step", "one"),
        lambda state: setattr(state, "time", np.nan),
        lambda state: setattr(state, "numbers", np.zeros(2)),
        lambda state: setattr(state, "numbers", None),
        lambda state: setattr(state, "arrays", []),
        lambda state: state.scalars.update(U=np.inf),
        lambda state: state.scalars.update(U="x"),
    ],
)
def test_an_edited_state_is_refused(edit: Callable[[Any], Any], backend: str) -> None:
    opt, w = optimizers.Momentum(lr=0.1, backend=backend), np.ones(2)
    state = opt.init(w)
    opt.step(w, np.ones(2), state)
    before = w.copy()
    with pytest.raises(StateError):
        edit(state)
        opt.step(w, np.ones(2), state)
    assert np.array_equal(w, before)


@both
def test_a_state_that_is_not_a_number_is_named(backend: str) -> None:
    opt, w = optimizers.Momentum(lr=0.1, backend=backend), np.ones(2)
    state = opt.init(w)
    state.arrays["X"][0][1] = np.nan
    with pytest.raises(NonFiniteStepError, match="the state X has 1 non-finite values of 2 before"):
        opt.step(w, np.ones(2), state)
    assert np.array_equal(w, np.ones(2)) and state.step == 0


# -- threads and interruptions


@both
def test_two_threads_do_not_step_one_state_at_once(backend: str) -> None:
    opt, w = (
        hm.Hamiltonian().optimizer(lr=0.1, momentum=0.9, integrator="D/2 C K D/2", backend=backend),
        np.ones(3),
    )
    state, errors = opt.init(w), []

    def slow(w: Any) -> tuple[float, Any]:
        def other() -> None:
            try:
                opt.advance(w, state, lambda w: (0.0, np.ones(3)))
            except ConcurrentStepError as error:
                errors.append(error)

        worker = threading.Thread(target=other)
        worker.start()
        worker.join()
        return 0.0, np.ones(3)

    opt.advance(w, state, slow)
    assert len(errors) == 1 and "another thread" in str(errors[0]) and state.step == 1


@pytest.mark.parametrize("name", ["Momentum", "Muon", "RestMass"])
def test_ctrl_c_leaves_all_or_nothing(name: str) -> None:
    opt = getattr(optimizers, name)(lr=0.01, backend="numpy")
    w, due = np.ones((4, 4)), np.ones((4, 4))
    state, kept = opt.init(w), opt.init(due)
    for own, its in ((w, state), (due, kept)):  # what is imported and compiled comes before
        opt.step(own, np.sin(own), its)
    interrupted, armed = 0, False

    def handler(*_: Any) -> None:
        nonlocal armed
        if armed:
            armed = False
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, handler)
    try:
        for turn in range(150):
            try:
                armed = True
                signal.setitimer(signal.ITIMER_REAL, 2e-5 * (1 + turn % 40))
                for _ in range(3):
                    opt.step(w, np.sin(w), state)
                armed = False
            except KeyboardInterrupt:
                interrupted += 1
            while kept.step < state.step:
                opt.step(due, np.sin(due), kept)
            assert np.array_equal(w, due) and state == kept
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert interrupted > 10
