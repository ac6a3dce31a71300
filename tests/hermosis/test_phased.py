"""Steps with gradients or scalars on their way: the careful way's bits, and its checks."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hermosis as hm
from hermosis.compile.native.phased import Phased
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
#: a schedule, and without the layout that one call for all needs.
METHODS: dict[str, Callable[[], Optimizer]] = {
    "relativistic": lambda: hm.optimizers.Relativistic(lr=0.1, alpha=1.0, delta=0.5),
    "half a friction": lambda: hm.optimizers.Relativistic(lr=0.1, alpha=0.3),
    "leapfrog": lambda: H.optimizer(lr=0.01, momentum=0.9, integrator="K/2 C D K/2"),
    "drift first": lambda: H.optimizer(step=0.1, integrator="C/2 D/2 K D/2 C/2"),
    "fourth order": lambda: H.optimizer(lr=0.01, momentum=0.9, integrator="Yoshida4"),
    "scalars": lambda: hm.Hamiltonian(metric=Felt()).optimizer(
        lr=0.1, momentum=0.9, averaging=0.9, integrator="M R C K D"
    ),
    "clock": lambda: hm.Hamiltonian(profile=hm.Power(3)).optimizer(
        step=0.1, integrator="D/2 C K D/2"
    ),
    "scheduled": lambda: hm.optimizers.Relativistic(lr=lambda n: 0.1 / (1 + n), alpha=1.0),
}
each_method = pytest.mark.parametrize("name", METHODS)


def careful(name: str) -> Optimizer:
    """The method without its short way."""
    opt = METHODS[name]()
    opt.__dict__["quick"] = None
    return opt


def told(w: Any) -> tuple[float, Any]:
    """A loss, which no step here reads, and a gradient."""
    return 1.0, slope(w)


def walked(opt: Optimizer, w: Any, steps: int = 4) -> tuple[Any, Any]:
    state = opt.init(w)
    for _ in range(steps):
        opt.advance(w, state, told, energies=False)
    return w, state


@each_method
@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=["double", "single"])
@pytest.mark.parametrize("made", LAYOUTS)
def test_both_ways_agree_in_every_bit(made: str, dtype: Any, name: str) -> None:
    w, state = walked(METHODS[name](), LAYOUTS[made](dtype))
    due, kept = walked(careful(name), LAYOUTS[made](dtype))
    assert np.array_equal(flat(w), flat(due))
    assert np.array_equal(flat(state.arrays), flat(kept.arrays))
    assert (state.step, state.time, state.scalars) == (kept.step, kept.time, kept.scalars)


@each_method
def test_the_short_way_is_taken_where_it_can_be(name: str) -> None:
    opt = METHODS[name]()
    assert isinstance(opt.quick, Phased)
    for made in ("vector", "matrix", "number", "list", "dict", "slices of one"):
        w = LAYOUTS[made](float)
        _, state = walked(opt, w)
        assert state.short is not None and state.short.owner is opt, made
    for made in ("Fortran", "strided", "reversed", "for threads"):
        w = LAYOUTS[made](float)
        assert opt.short(w, opt.init(w)) is None, made


@each_method
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_gradient_that_is_not_finite_changes_nothing(bad: float, name: str) -> None:
    opt = METHODS[name]()
    w, state = walked(opt, numbers(7))
    before = copy.deepcopy((w, state.arrays, state.scalars, state.step, state.time))

    def broken(w: Any) -> tuple[float, Any]:
        gradient = slope(w)
        gradient[3] = bad
        return 1.0, gradient

    with pytest.raises(NonFiniteGradientError, match="1 non-finite values of 7"):
        opt.advance(w, state, broken, energies=False)
    assert np.array_equal(before[0], w) and np.array_equal(flat(before[1]), flat(state.arrays))
    assert before[2:] == (state.scalars, state.step, state.time)


@each_method
def test_a_loss_that_raises_changes_nothing(name: str) -> None:
    opt = METHODS[name]()
    w, state = walked(opt, numbers(7))
    before = copy.deepcopy((w, state.arrays, state.scalars))

    def raising(w: Any) -> tuple[float, Any]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        opt.advance(w, state, raising, energies=False)
    assert np.array_equal(before[0], w) and np.array_equal(flat(before[1]), flat(state.arrays))
    assert before[2] == state.scalars


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
    with pytest.raises(UndefinedStepError, match="total_2 = 0"):
        opt.advance(w, state, lambda w: (0.0, np.zeros(7)), energies=False)
    assert np.array_equal(before, w) and np.all(state.arrays["X"][0] == 1.0)
    assert isinstance(opt.quick, Phased) and state.step == 0


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
        for opt in (METHODS[name](), careful(name)):
            w = numbers(6)
            state = opt.init(w)
            for _ in range(3):
                opt.advance(w, state, lambda w, kind=kind: (0.0, kind(w)), energies=False)
            found.append(w)
        assert np.array_equal(*found)


def test_gradients_that_are_the_other_parameters_are_read_before_they_are_written() -> None:
    found = []
    for opt in (METHODS["leapfrog"](), careful("leapfrog")):
        w = [numbers(5), numbers(5, seed=1)]
        state = opt.init(w)
        for _ in range(3):
            opt.advance(w, state, lambda w: (0.0, [w[1], w[0]]), energies=False)
        found.append(flat(w))
    assert np.array_equal(*found)


@each_method
def test_other_arrays_and_hyperparameters_are_noticed(name: str) -> None:
    found = []
    for opt in (METHODS[name](), careful(name)):
        w, state = walked(opt, numbers(6))
        w = w.copy()
        opt.advance(w, state, told, energies=False)
        state.arrays["X"] = [array.copy() for array in state.arrays["X"]]
        opt.advance(w, state, told, energies=False)
        opt.hyperparameters |= {n: 0.05 for n in ("lr", "step") if n in opt.hyperparameters}
        opt.advance(w, state, told, energies=False)
        found.append(flat([w, *state.arrays["X"]]))
    assert np.array_equal(*found)


@each_method
def test_read_only_parameters_are_refused(name: str) -> None:
    opt = METHODS[name]()
    w, state = walked(opt, numbers(6))
    w.flags.writeable = False
    with pytest.raises(StructureError, match="read-only"):
        opt.advance(w, state, told, energies=False)


@each_method
@given(size=st.integers(1, 40), steps=st.integers(1, 12), seed=st.integers(0, 2**20))
def test_whole_runs_agree(name: str, size: int, steps: int, seed: int) -> None:
    """With what a run records of the gradients in mid-step."""
    runs = [
        hm.minimize(told, numbers(size, seed=seed), opt, jac=True, steps=steps, ledger=False)
        for opt in (METHODS[name](), careful(name))
    ]
    assert np.array_equal(runs[0].x, runs[1].x) and runs[0].nfev == runs[1].nfev
    assert np.array_equal(runs[0].trace.grad_norm, runs[1].trace.grad_norm)
