"""What an ensemble refuses, by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hermosis as hm
from hermosis import optimizers
from hermosis.errors import BackendError, HyperparameterError, StructureError

WELL = hm.symbolic(lambda x, y: (x**2 - 1) ** 2 + y**2)
MOMENTUM = optimizers.Momentum(lr=0.01)
H = hm.Hamiltonian()


def starts(members: int) -> Any:
    return np.random.default_rng(7).uniform(-1.5, 1.5, (members, 2))


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"steps": -1}, HyperparameterError, "steps is -1; give a whole number of at least 0"),
        ({"steps": 2.5}, HyperparameterError, r"steps is 2\.5; give a whole number"),
        ({"keep": 0}, HyperparameterError, "keep is 0; give a whole number of at least 1"),
        ({"rate": 0.1}, HyperparameterError, "does not read rate; it reads lr, momentum"),
        ({"t": 0.1}, HyperparameterError, "does not read t"),
        ({"lr": -1.0}, HyperparameterError, "lr is -1.0; it must be finite and not negative"),
        ({"lr": np.array([0.1, np.nan, 0.1])}, HyperparameterError, "finite and not negative"),
        ({"lr": np.ones((3, 1))}, HyperparameterError, r"lr has shape \(3, 1\); give one number"),
        ({"lr": np.ones(4)}, StructureError, "there are 3 starts, but 4 of lr; give as many"),
    ],
)
def test_what_does_not_fit_is_refused(options: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        hm.ensemble(WELL, starts(3), MOMENTUM, **options)


def test_a_schedule_that_goes_wrong_is_refused() -> None:
    bad = optimizers.SGD(lr=lambda step: 0.1 if step < 7 else -1.0)
    assert hm.ensemble(WELL, starts(3), bad, steps=7).steps == 7
    with pytest.raises(HyperparameterError, match=r"lr came out as -1\.0 at step 7"):
        hm.ensemble(WELL, starts(3), bad, steps=8)


@pytest.mark.parametrize("w0", [np.ones((3, 2), int), np.ones((3, 2, 1)), np.ones((0, 2)), 1.0])
def test_starts_of_another_kind_are_refused(w0: Any) -> None:
    with pytest.raises(StructureError, match="starts hold .*give float32 or float64 of shape"):
        hm.ensemble(WELL, w0, MOMENTUM)


def test_starts_of_another_size_are_refused() -> None:
    with pytest.raises(StructureError, match="the loss is a function of 2 weights"):
        hm.ensemble(WELL, np.ones((4, 3)), MOMENTUM)


@pytest.mark.parametrize(
    ("opt", "words"),
    [
        (H.optimizer(step=0.1, temperature=0.1, integrator="C N D K"), "draws random numbers"),
        (optimizers.Muon(), "reads arrays as matrices"),
    ],
    ids=["noise", "matrices"],
)
def test_steps_that_an_ensemble_cannot_make_are_refused(opt: Any, words: str) -> None:
    with pytest.raises(BackendError, match=f"{words}, which an ensemble cannot do; call hm.min"):
        hm.ensemble(WELL, starts(3), opt)


def test_losses_that_are_not_compiled_and_groups_are_refused() -> None:
    with pytest.raises(BackendError, match=r"is not compiled; state it by hm\.symbolic"):
        hm.ensemble(lambda w: (0.0, w), starts(3), MOMENTUM)
    grouped = optimizers.SGD(lr=[0.1, 0.2])
    with pytest.raises(HyperparameterError, match="has groups of lr, but a member"):
        hm.ensemble(WELL, starts(3), grouped)
    with pytest.raises(HyperparameterError, match="tau sets the clock of the thermal mass"):
        hm.ensemble(WELL, starts(3), optimizers.Bregman(), tau=np.ones(3))
