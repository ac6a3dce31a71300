"""Steps with gradients or scalars on their way: machine code against NumPy, and every check."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hermosis as hm
from hermosis.compile.native.executor import NativeExecutor
from hermosis.errors import NonFiniteGradientError, StructureError, UndefinedStepError
from hermosis.run.optimizer import Optimizer

from .test_native import LAYOUTS, flat, numbers, slope

H = hm.Hamiltonian()


class Felt(hm.Metric):
    """A metric of one number, which moves in the middle of a step."""

    profile: hm.Profile = hm.Exponential()

    def keeps(self, G: Any) -> dict[str, Any]:
        return {"P": G}

    def averages(self, G: Any, v: Any, P: Any) -> dict[str, Any]:
        return {"A": hm.total(v * (G - P)) ** 2, "B": hm.total(v**2)}

    def tensor(self, A: Any, B: Any) -> Any:
        return 1 + A / (B + 1)


#: With a gradient in mid-step, at both ends, several in a step, with scalars, with a clock, with
#: a schedule.
METHODS: dict[str, Callable[..., Optimizer]] = {
    "relativistic": lambda **more: hm.optimizers.Relativistic(lr=0.1, alpha=1.0, delta=0.5, **more),
    "half a friction": lambda **more: hm.optimizers.Relativistic(lr=0.1, alpha=0.3, **more),
    "leapfrog": lambda **more: H.optimizer(lr=0.01, momentum=0.9, integrator="K/2 C D K/2", **more),
    "drift first": lambda **more: H.optimizer(step=0.1, integrator="C/2 D/2 K D/2 C/2", **more),
    "fourth order": lambda **more: H.optimizer(
        lr=0.01, momentum=0.9, integrator="Yoshida4", **more
    ),
    "scalars": lambda **more: hm.Hamiltonian(metric=Felt()).optimizer(
        lr=0.1, momentum=0.9, averaging=0.9, integrator="M R C K D", **more
    ),
    "clock": lambda **more: hm.Hamiltonian(profile=hm.Power(3)).optimizer(
        step=0.1, integrator="D/2 C K D/2", **more
    ),
    "scheduled": lambda **more: hm.optimizers.Relativistic(
        lr=lambda n: 0.1 / (1 + n), alpha=1.0, **more
    ),
}
each_method = pytest.mark.parametrize("name", METHODS)


def numpy(name: str) -> Optimizer:
    """The method in NumPy."""
    return METHODS[name](backend="numpy")


def close(found: Any, due: Any, digits: float = 40) -> None:
    """Equal to a few units in the last place."""
    eps = digits * float(np.finfo(np.float64).eps)
    np.testing.assert_allclose(flat(found), flat(due), rtol=eps, atol=eps)


def answer(w: Any) -> tuple[float, Any]:
    """A loss, which no step here reads, and a gradient."""
    return 1.0, slope(w)


def walked(opt: Optimizer, w: Any, steps: int = 4) -> tuple[Any, Any]:
    state = opt.init(w)
    for _ in range(steps):
        opt.advance(w, state, answer, energies=False)
    return w, state


@each_method
@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=["double", "single"])
@pytest.mark.parametrize("made", LAYOUTS)
def test_machine_code_and_numpy_agree(made: str, dtype: Any, name: str) -> None:
    w, state = walked(METHODS[name](), LAYOUTS[made](dtype))
    due, kept = walked(numpy(name), LAYOUTS[made](dtype))
    digits = 40 * float(np.finfo(dtype).eps / np.finfo(np.float64).eps)
    close(w, due, digits)
    close(state.arrays, kept.arrays, digits)
    close(state.numbers, kept.numbers, 10 * digits)  # sums are taken in another order


@each_method
def test_one_executor_is_bound_to_all_layouts(name: str) -> None:
    opt = METHODS[name]()
    for made in LAYOUTS.keys() - {"nothing"}:
        w = LAYOUTS[made](float)
        _, state = walked(opt, w)
        bound = opt.executor(w, state, False)
        assert isinstance(bound, NativeExecutor) and bound is state.bound[False], made


@each_method
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_gradient_that_is_not_finite_changes_nothing(bad: float, name: str) -> None:
    opt = METHODS[name]()
    w, state = walked(opt, numbers(7))
    before = copy.deepcopy((w, state.arrays, state.numbers))

    def broken(w: Any) -> tuple[float, Any]:
        gradient = slope(w)
        gradient[3] = bad
        return 1.0, gradient

    with pytest.raises(NonFiniteGradientError, match="1 non-finite values of 7"):
        opt.advance(w, state, broken, energies=False)
    assert np.array_equal(before[0], w) and np.array_equal(flat(before[1]), flat(state.arrays))
    assert np.array_equal(before[2], state.numbers)


@each_method
def test_a_loss_that_raises_changes_nothing(name: str) -> None:
    opt = METHODS[name]()
    w, state = walked(opt, numbers(7))
    before = copy.deepcopy((w, state.arrays, state.numbers))

    def raising(w: Any) -> tuple[float, Any]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        opt.advance(w, state, raising, energies=False)
    assert np.array_equal(before[0], w) and np.array_equal(flat(before[1]), flat(state.arrays))
    assert np.array_equal(before[2], state.numbers)


class Unit(hm.Hamiltonian):
    """Every step has the same length, and none is defined at rest."""

    def kinetic(self, X: Any, beta: Any) -> Any:
        return beta / hm.k * hm.sqrt(hm.norm2(X))


def test_a_step_that_is_not_defined_says_at_what_and_changes_nothing() -> None:
    opt = Unit().optimizer(lr=0.1, momentum=0.0, integrator="D/2 C K D/2")
    w = numbers(7)
    state = opt.init(w)
    state.arrays["X"][0][:] = 1.0
    before = w.copy()
    with pytest.raises(UndefinedStepError, match="total 2 = 0"):
        opt.advance(w, state, lambda w: (0.0, np.zeros(7)), energies=False)
    assert np.array_equal(before, w) and np.all(state.arrays["X"][0] == 1.0)
    assert state.step == 0


@each_method
def test_gradients_may_be_anything_that_fits(name: str) -> None:
    """The parameters themselves, views of them, another precision, another order."""
    kinds: list[Callable[[Any], Any]] = [
        lambda w: w,
        lambda w: w[::-1],
        lambda w: w.astype(np.float32),
        lambda w: np.repeat(w, 2)[::2],
    ]
    for kind in kinds:
        found = []
        for opt in (METHODS[name](), numpy(name)):
            w = numbers(6)
            state = opt.init(w)
            for _ in range(3):
                opt.advance(w, state, lambda w, kind=kind: (0.0, kind(w)), energies=False)
            found.append(w)
        close(*found)


def test_gradients_that_are_the_other_parameters_are_read_before_they_are_written() -> None:
    found = []
    for opt in (METHODS["leapfrog"](), numpy("leapfrog")):
        w = [numbers(5), numbers(5, seed=1)]
        state = opt.init(w)
        for _ in range(3):
            opt.advance(w, state, lambda w: (0.0, [w[1], w[0]]), energies=False)
        found.append(flat(w))
    close(*found)


@each_method
def test_other_arrays_and_hyperparameters_are_noticed(name: str) -> None:
    found = []
    for opt in (METHODS[name](), numpy(name)):
        w, state = walked(opt, numbers(6))
        w = w.copy()
        opt.advance(w, state, answer, energies=False)
        state.arrays["X"] = [array.copy() for array in state.arrays["X"]]
        opt.advance(w, state, answer, energies=False)
        opt.set(**{n: 0.05 for n in ("lr", "step") if n in opt.hyperparameters})
        opt.advance(w, state, answer, energies=False)
        found.append(flat([w, *state.arrays["X"]]))
    close(*found)


@each_method
def test_read_only_parameters_are_refused(name: str) -> None:
    opt = METHODS[name]()
    w, state = walked(opt, numbers(6))
    w.flags.writeable = False
    with pytest.raises(StructureError, match="read-only"):
        opt.advance(w, state, answer, energies=False)


@each_method
@given(size=st.integers(1, 40), steps=st.integers(1, 12), seed=st.integers(0, 2**20))
def test_whole_runs_agree(name: str, size: int, steps: int, seed: int) -> None:
    """With what a run records of the gradients in mid-step."""
    runs = [
        hm.minimize(answer, numbers(size, seed=seed), opt, jac=True, steps=steps, ledger=False)
        for opt in (METHODS[name](), numpy(name))
    ]
    close(runs[0].x, runs[1].x, 1000)
    assert runs[0].nfev == runs[1].nfev
    close(runs[0].trace.grad_norm, runs[1].trace.grad_norm, 1000)
