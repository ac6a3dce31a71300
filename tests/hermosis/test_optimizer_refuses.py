"""Bad input to an optimizer: refused by name, with parameters and state untouched bit for bit."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import hermosis as hm
from hermosis import optimizers
from hermosis.errors import (
    BackendError,
    GradientPlaceError,
    HyperparameterError,
    NonFiniteGradientError,
    StructureError,
    ThermalOverflowError,
    UndefinedStepError,
    WordError,
)
from hermosis.run.optimizer import Optimizer


def momentum(**values: Any) -> Optimizer:
    return optimizers.Momentum(**({"lr": 0.1, "backend": "numpy"} | values))


def norm(**values: Any) -> Optimizer:
    return optimizers.NormalizedGD(**({"lr": 0.1} | values))


@pytest.fixture(params=["numpy", "llvm"])
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[momentum, norm], ids=["Momentum", "NormalizedGD"])
def opt(request: pytest.FixtureRequest, backend: str) -> Optimizer:
    made: Optimizer = request.param(backend=backend)
    return made


def ready(opt: Optimizer) -> tuple[dict[str, np.ndarray], Any]:
    """Parameters and a state in mid-run."""
    w = {"a": np.array([1.0, -2.0]), "b": np.array([[0.5]])}
    state = opt.init(w)
    opt.step(w, {"a": np.ones(2), "b": np.ones((1, 1))}, state)
    return w, state


def refuses(
    opt: Optimizer, error: type[Exception], words: str, grad: Any, w: Any = None, **more: Any
) -> None:
    """A step raises the error with these words, and changes nothing."""
    own, state = ready(opt)
    w = own if w is None else w
    before = copy.deepcopy((w, own, state))
    with pytest.raises(error, match=words):
        opt.step(w, grad, state, **more)
    after = (w, own, state)
    assert flat(before) == flat(after)


def flat(what: Any) -> list[Any]:
    """All bytes and numbers of parameters and a state."""
    w, own, state = what
    arrays = [*_arrays(w), *_arrays(own), *_arrays(state.arrays)]
    return [state.step, state.time, state.scalars, *((a.tobytes(), a.dtype) for a in arrays)]


def _arrays(tree: Any) -> list[np.ndarray]:
    if isinstance(tree, dict):
        return [a for branch in tree.values() for a in _arrays(branch)]
    if isinstance(tree, list | tuple):
        return [a for branch in tree for a in _arrays(branch)]
    return [np.asarray(tree)]


def grad(a: Any = None, b: Any = None) -> dict[str, Any]:
    return {"a": np.ones(2) if a is None else a, "b": np.ones((1, 1)) if b is None else b}


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_gradients_that_are_not_finite(opt: Optimizer, bad: float) -> None:
    words = r"the gradient\['b'\] has 1 non-finite values of 1; nothing was changed; lower the"
    refuses(opt, NonFiniteGradientError, words, grad(b=np.array([[bad]])))


def test_a_finite_gradient_whose_sum_overflows_is_finite() -> None:
    w = np.zeros(4)
    made = optimizers.SGD(lr=1e-300, backend="numpy")
    made.step(w, np.full(4, 1e308), made.init(w))
    assert np.all(w < 0)


def test_a_double_gradient_that_overflows_in_single_precision() -> None:
    w = np.zeros(2, np.float32)
    made = momentum()
    with pytest.raises(NonFiniteGradientError, match="2 non-finite values of 2"):
        made.step(w, np.full(2, 1e300), made.init(w))


@pytest.mark.parametrize(
    ("gradient", "words"),
    [
        (grad(a=np.ones(3)), r"the gradient\['a'\] has shape \(3,\), but .* shape \(2,\)"),
        (grad(b=np.ones(1)), r"\['b'\] has shape \(1,\), but its parameter has shape \(1, 1\)"),
        (grad(a=1.0), r"has shape \(\)"),
        (grad(a=np.ones(2, int)), r"\['a'\] holds int64, not floating-point numbers; use array"),
        (grad(a=np.array([True, False])), "holds bool"),
        (grad(a=np.ones(2, complex)), r"is complex \(complex128\); give real and imaginary parts"),
        (grad(a=np.array(["x", "y"])), "not floating-point numbers"),
        (grad(a=None) | {"a": None}, "not floating-point numbers"),
        ({"a": np.ones(2)}, r"the gradient is nested as {'a': array}, but the parameters as"),
        (
            [np.ones(2), np.ones((1, 1))],
            r"nested as \[array, array\].* one gradient array for each",
        ),
        (grad() | {"c": np.ones(1)}, "the gradient is nested as"),
        (np.ones(2), "the gradient is nested as array"),
    ],
)
def test_gradients_that_do_not_fit(opt: Optimizer, gradient: Any, words: str) -> None:
    refuses(opt, StructureError, words, gradient)


def read_only(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array


@pytest.mark.parametrize(
    ("a", "words"),
    [
        (np.ones(2, int), r"parameters\['a'\] holds int64, not floating-point numbers"),
        (np.ones(2, complex), r"parameters\['a'\] is complex"),
        (np.ones(2, np.float16), "holds float16, not float32 or float64"),
        (np.ones(2, ">f8"), "not float32 or float64 in this machine's byte order"),
        (read_only(np.ones(2)), r"parameters\['a'\] is read-only; give a copy: array.copy\(\)"),
        (2.0, r"parameters\['a'\] is a float, not a NumPy array that can change in place"),
        (np.ones(3), r"the state X\['a'\] holds float64\[2\], but the parameter float64\[3\]"),
        (np.ones(2, np.float32), r"the state X\['a'\] holds float64.*make a new state by opt.init"),
    ],
)
def test_parameters_that_cannot_be_stepped(opt: Optimizer, a: Any, words: str) -> None:
    refuses(opt, StructureError, words, grad(), w={"a": a, "b": np.ones((1, 1))})


@pytest.mark.parametrize("a", [np.ones(2, int), np.ones(2, complex), read_only(np.ones(2)), 2.0])
def test_parameters_that_cannot_be_begun_with(opt: Optimizer, a: Any) -> None:
    with pytest.raises(StructureError, match=r"parameters\['a'\]"):
        opt.init({"a": a})


def test_an_empty_parameter_set(opt: Optimizer) -> None:
    for empty in ({}, [], {"a": []}):
        with pytest.raises(StructureError, match="is empty; give at least one float array"):
            opt.init(empty)


def test_a_state_made_for_other_parameters(opt: Optimizer) -> None:
    words = "nested as .array, array., but the state was made for .* make a new one by opt.init"
    refuses(opt, StructureError, words, grad(), w=[np.ones(2), np.ones((1, 1))])


def test_a_method_without_state_fits_any_shape() -> None:
    made = optimizers.SGD(lr=0.1, backend="numpy")
    state = made.init(np.zeros(3))
    for w in (np.zeros(3), np.zeros(4), np.zeros((2, 2), np.float32)):
        made.step(w, np.ones_like(w), state)
        assert np.all(w == w.dtype.type(-0.1))


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_loss_that_is_not_finite(bad: float) -> None:
    refuses(
        momentum(), StructureError, "the loss value is .*; nothing was changed", grad(), value=bad
    )


# -- hyperparameters

BAD = [-0.1, math.nan, math.inf, "fast", 1j, -np.ones(2), [0.1, -1.0], {"a": math.nan}, 10**400]


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_bad_hyperparameters(bad: Any) -> None:
    for build in (
        lambda: optimizers.Momentum(lr=bad),
        lambda: optimizers.Momentum(lr=0.1, momentum=bad),
        lambda: hm.Hamiltonian().optimizer(lr=0.1, momentum=bad),
        lambda: hm.Hamiltonian().optimizer(step=bad),
        lambda: hm.Hamiltonian().optimizer(lr=0.1, momentum=0.9, weight_decay=bad),
    ):
        with pytest.raises(HyperparameterError, match="not a number|finite and not neg|from 0"):
            build()


@pytest.mark.parametrize("late", [-1.0, float("nan"), None, "x", {"a": -1.0, "b": 0.1}], ids=str)
def test_bad_hyperparameters_from_a_callable_at_run_time(late: Any) -> None:
    made = momentum(lr=lambda step: 0.1 if step == 0 else late)
    words = "Momentum: lr came out as .*finite and not negative; nothing was changed"
    refuses(made, HyperparameterError, words, grad())


def test_groups_that_lack_a_branch() -> None:
    made = momentum(lr=lambda step: 0.1 if step == 0 else {"a": 0.1})
    refuses(made, StructureError, r"no value for parameters\['b'\]; give one number", grad())


@pytest.mark.parametrize(
    ("word", "words"),
    [("C Q D", "unknown letter 'Q'"), ("C K D/2", "add to 1/2"), ("{9**9**9}D K", "exponent")],
)
def test_bad_words(word: str, words: str) -> None:
    with pytest.raises(WordError, match=words):
        hm.Hamiltonian().optimizer(lr=0.1, momentum=0.9, integrator=word)


def test_an_unknown_backend() -> None:
    known = "backend is 'cuda'; known: 'auto', 'llvm', 'numba', 'numpy'"
    with pytest.raises(BackendError, match=known):
        momentum(backend="cuda")


def test_the_bath_needs_a_temperature() -> None:
    with pytest.raises(HyperparameterError, match="needs a value for temperature"):
        hm.Hamiltonian().optimizer(lr=0.1, momentum=0.9, integrator="K N D")


# -- gradients in mid-step


@pytest.mark.parametrize("word", ["C/2 D/2 K D/2 C/2", "C D K", "K/2 C D K/2", "C (D) K D"])
def test_a_gradient_in_mid_step_is_not_had_by_step(word: str) -> None:
    made = hm.Hamiltonian().optimizer(lr=0.1, momentum=0.9, integrator=word, backend="numpy")
    w = np.ones(2)
    state = made.init(w)
    with pytest.raises(
        GradientPlaceError, match=r"middle of a step, which .*; use hm.minimize, or"
    ):
        made.step(w, np.ones(2), state)
    assert np.array_equal(w, np.ones(2)) and state.step == 0


def raising(w: np.ndarray) -> tuple[float, np.ndarray]:
    raise ZeroDivisionError("the user's own")


@pytest.mark.parametrize(
    ("second", "error"),
    [
        (lambda w: (0.0, np.full(2, np.nan)), NonFiniteGradientError),
        (lambda w: (0.0, np.ones(3)), StructureError),
        (raising, ZeroDivisionError),
    ],
)
def test_a_refusal_in_mid_step_puts_everything_back(
    second: Callable[..., Any], error: type[Exception]
) -> None:
    made = hm.Hamiltonian().optimizer(
        lr=0.1, momentum=0.9, integrator="D/2 K/2 D/2 K/2 C", backend="numpy"
    )
    w = np.array([1.0, 2.0])
    state = made.init(w)
    made.advance(w, state, lambda w: (1.0, w.copy()))
    before = copy.deepcopy((w, [], state))
    calls = iter([lambda w: (1.0, w.copy()), second])
    with pytest.raises(error):
        made.advance(w, state, lambda w: next(calls)(w))
    assert flat(before) == flat((w, [], state))


def test_a_step_that_is_not_defined_is_refused_by_name(backend: str) -> None:
    hot = hm.Hamiltonian(profile=hm.HotStart())
    made = hot.optimizer(lr=0.1, momentum=1.0, integrator="[CK] D", backend=backend)
    w = np.ones(2)
    state = made.init(w)
    with pytest.raises(UndefinedStepError, match=r"not defined at .*momentum = 1.*such as by a"):
        made.step(w, np.ones(2), state)
    assert np.array_equal(w, np.ones(2)) and state.step == 0


def test_a_thermal_mass_that_overflows_is_refused_by_name(backend: str) -> None:
    class Bursting(hm.Profile):
        def rate(self, beta: Any) -> Any:
            return beta**2

    made = hm.Hamiltonian(profile=Bursting()).optimizer(step=0.5, backend=backend)
    w = np.ones(2)
    state = made.init(w)
    made.step(w, np.ones(2), state)
    with pytest.raises((ThermalOverflowError, UndefinedStepError)):
        for _ in range(3):
            made.step(w, np.ones(2), state)
