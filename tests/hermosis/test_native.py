"""Machine code: the same numbers as NumPy, on every layout of memory, with every check left on."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hermosis as hm
from derivations.emit.llvm import task
from hermosis import optimizers
from hermosis.compile.native import threads
from hermosis.compile.native.executor import NativeExecutor
from hermosis.errors import (
    NonFiniteGradientError,
    StructureError,
    UndefinedStepError,
)
from hermosis.run.optimizer import Optimizer
from hermosis.run.parameters import ParameterSet

Make = Callable[..., Optimizer]

#: One that is componentwise, one with a norm, one with a clock, one with a full set of moments.
METHODS: dict[str, Make] = {
    "SGD": lambda **more: optimizers.SGD(**({"lr": 0.1, "momentum": 0.9} | more)),
    "RGD": lambda **more: optimizers.Relativistic(**({"lr": 0.1, "at_gradient": True} | more)),
    "Adam": lambda **more: optimizers.Adam(**({"lr": 0.1} | more)),
    "AMSGrad": lambda **more: optimizers.AMSGrad(**({"lr": 0.1} | more)),
}
each_method = pytest.mark.parametrize("name", METHODS)


def slope(w: Any) -> Any:
    """A gradient of some nonlinear loss, as fresh arrays."""
    if isinstance(w, dict):
        return {key: slope(part) for key, part in w.items()}
    if isinstance(w, list | tuple):
        return type(w)(slope(part) for part in w)
    return np.array(np.sin(w) + np.asarray(0.3, w.dtype) * w, order="C")


def walked(opt: Optimizer, w: ParameterSet, steps: int = 4) -> tuple[ParameterSet, Any]:
    state = opt.init(w)
    for _ in range(steps):
        opt.step(w, slope(w), state)
    return w, state


def flat(tree: Any) -> np.ndarray:
    if isinstance(tree, dict):
        tree = list(tree.values())
    if isinstance(tree, list | tuple):
        return np.concatenate([flat(part) for part in tree]) if tree else np.zeros(0)
    return np.asarray(tree, dtype=float).ravel()


def numbers(count: int, dtype: Any = float, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=count).astype(dtype)


@pytest.fixture
def two_threads() -> Iterator[None]:
    before = threads.get_num_threads()
    threads.set_num_threads(2)
    yield
    threads.set_num_threads(before)


LAYOUTS: dict[str, Callable[[Any], Any]] = {
    "vector": lambda d: numbers(37, d),
    "matrix": lambda d: numbers(35, d).reshape(5, 7),
    "number": lambda d: np.array(0.7, d),
    "nothing": lambda d: np.zeros((0, 3), d),
    "Fortran": lambda d: np.asfortranarray(numbers(35, d).reshape(5, 7)),
    "strided": lambda d: numbers(70, d)[::2],
    "reversed": lambda d: numbers(37, d)[::-1],
    "list": lambda d: [numbers(3, d), numbers(4, d).reshape(2, 2), np.zeros(0, d)],
    "slices of one": lambda d: list(np.split(numbers(40, d), [3, 17])),
    "dict": lambda d: {"a": numbers(3, d), "b": [numbers(2, d), (numbers(1, d),)]},
    "one in a list": lambda d: [numbers(5, d)],
    "more than a block": lambda d: numbers(task.BLOCK + 5, d),
    "for threads": lambda d: [numbers(3, d), numbers(2 * threads.WORTHWHILE + 11, d)],
}


@each_method
@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=["double", "single"])
@pytest.mark.parametrize("made", LAYOUTS)
def test_machine_code_and_numpy_agree(made: str, dtype: Any, name: str, two_threads: None) -> None:
    """To a few units in the last place, for weights and states."""
    (w, state), (own, kept) = (
        walked(METHODS[name](backend=backend), LAYOUTS[made](dtype))
        for backend in ("llvm", "numpy")
    )
    close = 40 * float(np.finfo(dtype).eps)
    np.testing.assert_allclose(flat(w), flat(own), rtol=close, atol=close)
    for key, arrays in state.arrays.items():
        np.testing.assert_allclose(flat(arrays), flat(kept.arrays[key]), rtol=close, atol=close)


@each_method
def test_only_odd_arrays_have_working_copies(name: str) -> None:
    """Plain arrays, lists and dicts of them are stepped where they are."""
    opt = METHODS[name](backend="llvm")
    for made in LAYOUTS.keys() - {"nothing"}:
        w = LAYOUTS[made](float)
        bound = opt.executor(w, opt.init(w), False)
        assert isinstance(bound, NativeExecutor)
        assert bool(bound.odd) == (made in ("Fortran", "strided", "reversed")), made


@given(st.integers(1, 400_000), st.integers(2, 5), st.sampled_from(list(METHODS)))
def test_results_do_not_depend_on_the_number_of_threads(size: int, count: int, name: str) -> None:
    """Not in any bit."""
    found = []
    before = threads.get_num_threads()
    try:
        for number in (1, count):
            threads.set_num_threads(number)
            w = [numbers(size), numbers(7), numbers(700_000)]
            found.append(flat(walked(METHODS[name](backend="llvm"), w, steps=2)[0]))
    finally:
        threads.set_num_threads(before)
    assert np.array_equal(*found)


def unlike() -> dict[str, tuple[Any, Any]]:
    """Weights and gradients that share memory, or are not quite what they seem."""
    buffer = numbers(20)
    pair = numbers(10)
    return {
        "the same array": (pair, pair),
        "a view of the weights": (pair, pair[:]),
        "overlapping parts": (buffer[:10], buffer[5:15]),
        "crossed in a list": ([pair, buffer[:10]], [buffer[:10], pair]),
        "a view across": ([buffer[:10], buffer[10:]], [buffer[10:] * 1.0, buffer[:10]]),
        "single precision": (numbers(10), numbers(10).astype(np.float32)),
        "a list of numbers": (numbers(3), [0.5, 1.0, 2.0]),
        "the other byte order": (numbers(10), numbers(10).astype(">f8")),
        "a subclass": (numbers(4), numbers(4).view(np.recarray)),
        "precisions mixed": ([numbers(3), numbers(3, np.float32)],) * 2,
    }


def check_unusual(what: str, opt: Optimizer, plain: Optimizer, close: float) -> None:
    """A step is that of a gradient which was copied beforehand, or both refuse it."""
    w, gradient = unlike()[what]
    apart, kept = copy.deepcopy(w), copy.deepcopy(gradient)
    try:
        opt.step(w, gradient, opt.init(w))
    except StructureError:
        with pytest.raises(StructureError):
            plain.step(apart, kept, plain.init(apart))
        return
    plain.step(apart, kept, plain.init(apart))
    np.testing.assert_allclose(flat(w), flat(apart), rtol=close)


@each_method
@pytest.mark.parametrize("what", unlike())
def test_what_is_unusual_is_read_before_anything_is_written(what: str, name: str) -> None:
    close = 1e-6 if "precision" in what else 1e-14
    check_unusual(what, METHODS[name](backend="llvm"), METHODS[name](backend="numpy"), close)


@each_method
@pytest.mark.parametrize("size", [5, task.BLOCK + 3, 3 * threads.WORTHWHILE])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_gradient_that_is_not_finite_changes_nothing(
    bad: float, size: int, name: str, two_threads: None
) -> None:
    opt = METHODS[name](backend="llvm")
    w, state = walked(opt, [numbers(3), numbers(size)], steps=1)
    before = copy.deepcopy((w, state.arrays, state.step, state.time))
    gradient = slope(w)
    gradient[1][size // 2] = bad
    with pytest.raises(NonFiniteGradientError, match=f"1 non-finite values of {size}"):
        opt.step(w, gradient, state)
    assert np.array_equal(flat(before[0]), flat(w))
    assert np.array_equal(flat(before[1]), flat(state.arrays))
    assert before[2:] == (state.step, state.time)


@pytest.mark.parametrize("size", [4, 2 * threads.WORTHWHILE])
def test_a_factor_that_is_not_finite_changes_nothing(size: int) -> None:
    """A joint kick that averages over no time divides by zero."""
    hot = hm.Hamiltonian(profile=hm.HotStart())
    opt = hot.optimizer(lr=0.1, momentum=1.0, integrator="[CK] D", backend="llvm")
    w = np.ones(size)
    state = opt.init(w)
    with pytest.raises(UndefinedStepError, match="not defined at .*momentum = 1.*division by zero"):
        opt.step(w, np.ones(size), state)
    assert (w == 1).all() and state.step == 0 and not state.arrays["X"][0].any()


class Massless(hm.Hamiltonian):
    """Whose velocity has the length one, wherever it points."""

    def kinetic(self, X: Any, beta: Any) -> Any:
        return beta / hm.k * hm.sqrt(hm.norm2(X))


@pytest.mark.parametrize("backend", ["llvm", "numpy"])
@pytest.mark.parametrize("made", ["vector", "list"])
def test_a_norm_that_is_zero_changes_nothing(made: str, backend: str) -> None:
    """Reductions come before anything is written."""
    opt = Massless().optimizer(lr=0.1, momentum=0.5, backend=backend)
    w, state = walked(opt, LAYOUTS[made](float), steps=1)
    before = copy.deepcopy((w, state.arrays["X"]))
    still = state.structure.rebuild([-0.5 * X for X in state.arrays["X"]])
    with pytest.raises(UndefinedStepError, match="total 1 = 0"):
        opt.step(w, still, state)
    assert np.array_equal(flat(w), flat(before[0])) and state.step == 1
    assert np.array_equal(flat(state.arrays["X"]), flat(before[1]))


def test_a_state_may_be_copied_pickled_and_shared() -> None:
    """Copies go on by themselves, and two optimizers may step one state in turn."""
    opt, other = METHODS["SGD"](backend="llvm"), METHODS["SGD"](backend="llvm", lr=0.2)
    w, state = walked(opt, numbers(6))
    twin, again = copy.deepcopy(state), pickle.loads(pickle.dumps(state))
    mine = [w.copy() for _ in range(3)]
    for own, kept in zip(mine, (state, twin, again), strict=True):
        opt.step(own, slope(w), kept)
    assert np.array_equal(mine[0], mine[1]) and np.array_equal(mine[0], mine[2])
    plain = mine[0].copy()
    other.step(mine[0], slope(w), state)
    numpy = METHODS["SGD"](backend="numpy", lr=0.2)
    numpy.step(plain, slope(w), twin)
    np.testing.assert_allclose(mine[0], plain, rtol=1e-15)


@pytest.mark.parametrize("backend", ["llvm", "numpy"])
def test_hyperparameters_may_be_changed_in_a_run(backend: str) -> None:
    """And a copy of an optimizer has its own."""
    opt = METHODS["SGD"](backend=backend, momentum=0.0)
    w, state = walked(opt, np.zeros(2), steps=1)
    other = copy.copy(opt)
    other.set(lr=10.0)
    opt.set(lr=1.0)
    w[:] = 0
    opt.step(w, np.ones(2), state)
    assert np.array_equal(w, [-1, -1])
    other.step(w, np.ones(2), state)
    assert np.array_equal(w, [-11, -11])


@pytest.mark.parametrize("apart", [1, 2], ids=["plain", "strided"])
@pytest.mark.parametrize("backend", ["llvm", "numpy"])
@each_method
def test_arrays_of_a_state_may_be_replaced(name: str, backend: str, apart: int) -> None:
    """A step reads and writes the arrays that a state has at the time."""
    opt = METHODS[name](backend=backend)
    (w, state), (due, kept) = walked(opt, np.ones(3)), walked(opt, np.ones(3))
    state.arrays["X"], kept.arrays["X"][0][:] = [np.zeros(3 * apart)[::apart]], 0
    for _ in range(3):
        opt.step(w, slope(w), state)
        opt.step(due, slope(due), kept)
    np.testing.assert_allclose(w, due, rtol=1e-15)
    np.testing.assert_allclose(state.arrays["X"][0], kept.arrays["X"][0], rtol=1e-15)
