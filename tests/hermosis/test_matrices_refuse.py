"""What an optimizer that reads arrays as matrices refuses, by name, and changing nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hermosis as hm
from derivations.algebra.matrices import SINGULAR_VALUE, Singular
from derivations.algebra.symbols import G, lr, w
from derivations.step.rule import textbook
from hermosis.errors import (
    DecompositionError,
    DefinitionError,
    HyperparameterError,
    MatrixSizeError,
    StructureError,
)
from hermosis.run.arguments import LARGEST_SQUARE
from hermosis.run.state import State

from .matrix_systems import BACKENDS, Given, Nuclear, full


def copies(weights: np.ndarray, state: State) -> list[np.ndarray]:
    return [weights.copy(), *(x.copy() for own in state.arrays.values() for x in own)]


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("damage", [np.nan, np.inf])
def test_a_matrix_that_is_not_finite_is_refused_and_nothing_changes(
    backend: str, damage: float
) -> None:
    opt, weights = full(backend), [np.ones(2), np.ones((2, 2))]
    state = opt.init(weights)
    opt.step(weights, [np.ones(2), np.eye(2)], state)
    state.arrays["K"][1][0, 1] = damage
    before = [copies(x, state) for x in weights]
    with pytest.raises(DecompositionError, match="NaN or infinity in it.; nothing was changed"):
        opt.step(weights, [np.ones(2), np.eye(2)], state)
    for found, due in zip([copies(x, state) for x in weights], before, strict=True):
        assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(found, due, strict=True))
    assert state.step == 1


def test_lapack_that_does_not_converge_is_a_named_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any, **__: Any) -> None:
        raise np.linalg.LinAlgError("SVD did not converge")

    opt, weights = Nuclear().optimizer(lr=0.1, momentum=0.9, backend="numpy"), np.ones((2, 2))
    state = opt.init(weights)
    monkeypatch.setattr(np.linalg, "svd", fails)
    with pytest.raises(DecompositionError, match="SVD did not converge"):
        opt.step(weights, np.ones((2, 2)), state)
    assert np.array_equal(weights, np.ones((2, 2))) and not state.arrays["X"][0].any()


def test_a_run_that_diverges_says_so() -> None:
    """The moments pass the largest float32, and have no singular values then."""
    steep = np.full((2, 2), 2e38, np.float32)
    opt = Nuclear().optimizer(lr=0.1, momentum=0.9)
    result = hm.minimize(lambda w: (0.0, steep), np.zeros((2, 2), np.float32), opt, jac=True)
    assert result.status == 3 and result.nit == 1 and np.isfinite(result.x).all()


def test_a_full_metric_of_too_many_components_is_refused() -> None:
    with pytest.raises(MatrixSizeError, match=r"parameters\['big'\] has 4097 components"):
        full().init({"small": np.zeros(3), "big": np.zeros(LARGEST_SQUARE + 1)})
    wide = np.zeros((LARGEST_SQUARE, 2), np.float32)
    Nuclear().optimizer(lr=0.1, momentum=0.9).init(wide)


def test_a_state_of_other_arrays_is_refused() -> None:
    opt = full()
    state = opt.init(np.zeros((2, 3)))
    state.arrays["K"][0] = np.zeros((2, 3))
    with pytest.raises(StructureError, match=r"the state K holds float64\[2, 3\]"):
        opt.step(np.zeros((2, 3)), np.zeros((2, 3)), state)


def test_names_of_generated_code_are_taken() -> None:
    with pytest.raises(DefinitionError, match="singular_value"):

        class Clash(hm.Hamiltonian):
            singular_value: float = 1.0


def test_a_rule_without_its_numbers_is_refused() -> None:
    rule = textbook("Bare", ("weights", {w: w - lr * Singular(1, SINGULAR_VALUE, G)}))
    with pytest.raises(HyperparameterError, match="needs a value for lr"):
        hm.Optimizer(Given(rule), {})
