"""Parameter groups and schedules of Adam and Lion, against PyTorch and optax."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
import optax
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hermosis.run.parameters import flatten

from .budgets import by_steps, quotients
from .libraries import by_optax, by_torch
from .support import Arrays, Problem, assert_close, both, method, ours, pick, problems, textbook
from .test_optax_adaptive import has_clear_signs, looks

few = settings(max_examples=15)
rates = st.floats(1e-4, 1.0)
triples = st.lists(rates, min_size=3, max_size=3)
BETAS = (0.9, 0.99)

SCHEDULES: dict[str, Callable[[int], float]] = {
    "decay": lambda n: 0.9**n,
    "inverse": lambda n: 1 / (1 + n),
    "steps": lambda n: 0.1 ** (n // 3),
}
every_schedule = pytest.mark.parametrize("name", SCHEDULES)


def as_nested(problem: Problem, each: list[float]) -> Any:
    """Numbers for the arrays of a set, nested as it is."""
    leaves, structure = flatten(problem.set)
    return structure.rebuild(each[: len(leaves)])


def layers(problem: Problem) -> list[Problem]:
    """Each array as a problem of its own."""
    slopes = zip(*problem.slopes, strict=True)
    return [Problem(w, tuple(own)) for w, own in zip(problem.weights, slopes, strict=True)]


@both
@few
@given(problems(), triples, st.lists(st.floats(0.0, 0.5), min_size=3, max_size=3))
def test_adamw_with_groups(
    side: str, problem: Problem, each: list[float], decays: list[float]
) -> None:
    """A learning rate and a decay for each branch of the set are PyTorch's parameter groups."""
    assume(not isinstance(problem.set, np.ndarray))
    numbers = {
        "lr": as_nested(problem, each),
        "weight_decay": as_nested(problem, decays),
        "betas": BETAS,
        "eps": 1e-8,
    }
    opt = pick(side, lambda: textbook("adamw", **numbers), lambda: method("AdamW", **numbers))

    def make(tensors: list[torch.Tensor]) -> torch.optim.Optimizer:
        groups = [
            {"params": [p], "lr": lr, "weight_decay": decay}
            for p, lr, decay in zip(tensors, each, decays, strict=False)
        ]
        return torch.optim.AdamW(groups, betas=BETAS, eps=1e-8)

    due = by_torch(problem, make)
    for layer, found, expected, lr, decay in zip(
        layers(problem), ours(opt, problem), due, each, decays, strict=False
    ):
        sizes = quotients(layer, lr, BETAS[1], 1e-8, corrected=True, shrink=1 - lr * decay)
        assert_close([found], [expected], sizes, problem.dtype)


@both
@few
@given(problems(), triples)
def test_adam_with_groups(side: str, problem: Problem, each: list[float]) -> None:
    assume(not isinstance(problem.set, np.ndarray))
    numbers = {"lr": as_nested(problem, each), "betas": BETAS, "eps": 1e-8}
    opt = pick(side, lambda: textbook("adam", **numbers), lambda: method("Adam", **numbers))

    def make(tensors: list[torch.Tensor]) -> torch.optim.Optimizer:
        groups = [{"params": [p], "lr": lr} for p, lr in zip(tensors, each, strict=False)]
        return torch.optim.Adam(groups, betas=BETAS, eps=1e-8)

    sizes = quotients(problem, each[: len(problem.weights)], BETAS[1], 1e-8, corrected=True)
    assert_close(ours(opt, problem), by_torch(problem, make), sizes, problem.dtype)


@every_schedule
@both
@few
@given(problems(), rates)
def test_adam_on_a_schedule(side: str, name: str, problem: Problem, lr: float) -> None:
    factor = SCHEDULES[name]
    numbers = {"lr": lambda n: lr * factor(n), "betas": BETAS, "eps": 1e-8}
    opt = pick(side, lambda: textbook("adam", **numbers), lambda: method("Adam", **numbers))
    due = by_torch(
        problem,
        lambda p: torch.optim.Adam(p, lr, BETAS, 1e-8),
        lambda made: torch.optim.lr_scheduler.LambdaLR(made, factor),
    )
    sizes = quotients(problem, lr, BETAS[1], 1e-8, corrected=True)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


def lion_sizes(problem: Problem, lr: float, keep: float = 1.0) -> list[Arrays]:
    """A step of Lion is lr in each component."""
    steps = (
        [(lr * np.sign(c), np.full(c.shape, lr)) for c in now] for now, _ in looks(problem, *BETAS)
    )
    return by_steps(problem, steps, keep)


@both
@few
@given(problems(), triples, st.lists(st.floats(0.0, 0.5), min_size=3, max_size=3))
def test_lion_with_groups(
    side: str, problem: Problem, each: list[float], decays: list[float]
) -> None:
    """optax runs each branch by itself."""
    assume(not isinstance(problem.set, np.ndarray) and has_clear_signs(problem, *BETAS))
    numbers = {
        "lr": as_nested(problem, each),
        "weight_decay": as_nested(problem, decays),
        "betas": BETAS,
    }
    opt = pick(
        side,
        lambda: textbook("lion", decoupled=True, **numbers),
        lambda: method("Lion", **numbers),
    )
    for layer, found, lr, decay in zip(
        layers(problem), ours(opt, problem), each, decays, strict=False
    ):
        due = by_optax(layer, lambda: optax.lion(lr, *BETAS, weight_decay=decay))  # noqa: B023
        assert_close([found], due, lion_sizes(layer, lr, 1 - lr * decay), problem.dtype)


@every_schedule
@both
@few
@given(problems(), rates, st.floats(1e-4, 0.5))
def test_lion_on_a_schedule(
    side: str, name: str, problem: Problem, lr: float, decay: float
) -> None:
    """optax counts steps from zero, as ours do; its schedule also scales the decay."""
    assume(has_clear_signs(problem, *BETAS))
    factor = SCHEDULES[name]
    numbers = {"lr": lambda n: lr * factor(n), "betas": BETAS, "weight_decay": decay}
    opt = pick(
        side,
        lambda: textbook("lion", decoupled=True, **numbers),
        lambda: method("Lion", **numbers),
    )
    table = np.array([lr * factor(n) for n in range(len(problem.slopes))])
    due = by_optax(
        problem,
        lambda: optax.lion(lambda n: jnp.asarray(table)[n], *BETAS, weight_decay=decay),
    )
    assert_close(ours(opt, problem), due, lion_sizes(problem, lr), problem.dtype)
