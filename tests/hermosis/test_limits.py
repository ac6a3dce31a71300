"""The ends of what a step takes: huge and tiny numbers, odd arrays, edited states, threads."""

from __future__ import annotations

import copy
import operator
import pickle
import signal
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.optimize

import hermosis as hm
from hermosis import optimizers
from hermosis.errors import (
    ConcurrentStepError,
    HyperparameterError,
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
@pytest.mark.parametrize(
    "odd", [np.matrix([[1.0, 2.0]]), np.ma.masked_array([1.0, 2.0], [False, True])], ids=["m", "a"]
)
def test_arrays_that_mean_something_else_are_refused(odd: Any, backend: str) -> None:
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


# -- states


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


# -- hyperparameters and runs


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
