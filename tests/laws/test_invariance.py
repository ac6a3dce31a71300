"""What must not matter: a term that is zero, the order of components, how a set is nested."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hermosis as hm
from hermosis.run.optimizer import Optimizer

from .systems import CURVATURE, W0, X0, both, loss, slope
from .table import PRODUCT, SAMPLE, Case

TAU, STEPS = 1 / 16, 3
#: Sums run in another order, and a step has up to 207 assignments.
ROUNDING = 2e-13


def run(
    opt: Optimizer, case: Case, order: Any = slice(None), weights: Any = W0
) -> tuple[np.ndarray, np.ndarray]:
    """A few steps with the components in another order; the result in the old one."""
    curvature = CURVATURE[order][:, order]

    def problem(w: np.ndarray) -> tuple[float, np.ndarray]:
        return float(loss(w, curvature)), slope(w, curvature)

    w = weights[order].copy()
    state = opt.init(w)
    state.arrays["X"][0][...] = X0[order]
    state.time = case.cooling.begin
    for _ in range(STEPS):
        opt.advance(w, state, problem)
    back = np.argsort(np.arange(3)[order])
    return w[back], state.arrays["X"][0][back]


def assert_same(one: Any, other: Any) -> None:
    for a, b in zip(one, other, strict=True):
        assert a == pytest.approx(b, rel=ROUNDING, abs=ROUNDING)


@pytest.mark.parametrize("case", SAMPLE, ids=str)
@settings(max_examples=2)
@given(st.permutations(range(3)))
def test_relabelling_the_components_commutes_with_a_step(case: Case, order: list[int]) -> None:
    opt = case.optimizer(TAU)
    assert_same(run(opt, case, order), run(opt, case))


@pytest.mark.parametrize("case", SAMPLE, ids=str)
def test_a_set_of_arrays_moves_as_one_array_does(case: Case) -> None:
    """Norms couple all arrays of a set: the parts of a dict are components like any others."""
    opt = case.optimizer(TAU)
    parts = {"b": [np.array(W0[0])], "a": (W0[1:2].reshape(1, 1).copy(), W0[2:].copy())}

    def nested(w: np.ndarray) -> dict[str, Any]:
        return {"b": [w[0].reshape(())], "a": (w[1:2].reshape(1, 1), w[2:])}

    def flat(tree: dict[str, Any]) -> np.ndarray:
        return np.array([float(tree["b"][0]), tree["a"][0].item(), tree["a"][1].item()])

    def problem(tree: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        value, gradient = both(flat(tree))
        return value, nested(gradient)

    state = opt.init(parts)
    for array, start in zip(state.arrays["X"], X0, strict=True):
        array[...] = start
    state.time = case.cooling.begin
    for _ in range(STEPS):
        opt.advance(parts, state, problem)
    moments = np.array([array.item() for array in state.arrays["X"]])
    assert_same((flat(parts), moments), run(opt, case))


@cache
def with_zeros(kind: type[hm.Hamiltonian]) -> type[hm.Hamiltonian]:
    """The same class with a term in X and a term in w, each times a parameter."""

    class Padded(kind):
        nought: float = 0.0

        def kinetic(self, X, beta):
            return super().kinetic(X, beta) + self.nought * beta * hm.total(X**4)

        def potential(self, L, w, beta):
            return super().potential(L, w, beta) + self.nought * beta * hm.total(hm.cos(w))

    return Padded


def check_zero(case: Case) -> None:
    H = case.H
    padded = with_zeros(type(H))(**H.hyperparameters(), profile=H.profile)
    values = {**case.values, "nought": 0.0, "tau": TAU}
    opt = Optimizer(replace(case.plan, hamiltonian=padded), values, backend="numpy")
    assert "nought" in opt.program.plan.parameters
    assert_same(run(opt, case), run(case.optimizer(TAU), case))


#: A short word for each Hamiltonian, since each class here is derived anew.
ZERO = list({c.hamiltonian: c for c in reversed(SAMPLE) if len(c.scheme.word) <= 5}.values())


@pytest.mark.parametrize("case", ZERO, ids=str)
def test_a_term_that_is_zero_changes_nothing(case: Case) -> None:
    check_zero(case)


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", [case for case in (*SAMPLE, *PRODUCT) if case not in ZERO], ids=str
)
def test_a_term_that_is_zero_changes_nothing_over_the_whole_product(case: Case) -> None:
    check_zero(case)


@pytest.mark.parametrize("word", ("C K D", "[CK] D", "Leapfrog", "Yoshida4"))
@pytest.mark.parametrize("options", ({"weight_decay": 1e-300}, {"decoupled": True}), ids=str)
def test_weight_decay_at_the_rate_zero_is_none(word: str, options: dict[str, Any]) -> None:
    def end(**given: Any) -> np.ndarray:
        opt = hm.Hamiltonian().optimizer(lr=0.1, momentum=0.8, integrator=word, **given)
        return hm.minimize(both, W0, opt, jac=True, steps=STEPS).x

    assert end(**options, backend="numpy") == pytest.approx(end(backend="numpy"), rel=ROUNDING)
