"""PyTorch's SGD with dampening: the textbook rule, and the optimizers that have it."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from .libraries import by_torch
from .support import (
    Problem,
    assert_close,
    both,
    method,
    momentum_sizes,
    ours,
    pick,
    problems,
    textbook,
)

rates = st.floats(1e-4, 1.0)
momenta = st.floats(1e-3, 0.999)
dampenings = st.one_of(st.just(0.0), st.floats(0.0, 1.0))
decays = st.one_of(st.just(0.0), st.floats(1e-5, 0.05))


@pytest.mark.parametrize("name", ("SGD", "Momentum"))
@both
@given(problems(), rates, momenta, dampenings, decays)
def test_dampening(
    side: str,
    name: str,
    problem: Problem,
    lr: float,
    momentum: float,
    dampening: float,
    decay: float,
) -> None:
    opt = pick(
        side,
        lambda: textbook(
            "dampened", decay=True, lr=lr, momentum=momentum, dampening=dampening,
            weight_decay=decay,
        ),
        lambda: method(
            name, lr=lr, momentum=momentum, dampening=dampening, weight_decay=decay
        ),
    )  # fmt: skip
    due = by_torch(
        problem, lambda p: torch.optim.SGD(p, lr, momentum, dampening, weight_decay=decay)
    )
    sizes = momentum_sizes(problem, lr, momentum, decay)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@pytest.mark.parametrize("name", ("SGD", "Momentum"))
@both
@given(problems(), rates, momenta, decays)
def test_nesterov(
    side: str, name: str, problem: Problem, lr: float, momentum: float, decay: float
) -> None:
    opt = pick(
        side,
        lambda: textbook("nesterov", decay=True, lr=lr, momentum=momentum, weight_decay=decay),
        lambda: method(name, lr=lr, momentum=momentum, nesterov=True, weight_decay=decay),
    )
    due = by_torch(
        problem, lambda p: torch.optim.SGD(p, lr, momentum, weight_decay=decay, nesterov=True)
    )
    sizes = momentum_sizes(problem, lr, momentum, decay, gain=2.0)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@both
@given(problems(), rates, momenta)
def test_sgd_has_momentum(side: str, problem: Problem, lr: float, momentum: float) -> None:
    opt = pick(
        side,
        lambda: textbook("heavy_ball", lr=lr, momentum=momentum),
        lambda: method("SGD", lr=lr, momentum=momentum),
    )
    due = by_torch(problem, lambda p: torch.optim.SGD(p, lr, momentum))
    assert_close(ours(opt, problem), due, momentum_sizes(problem, lr, momentum), problem.dtype)


@pytest.mark.parametrize("name", ("SGD", "Momentum"))
@given(problems(), rates, dampenings)
def test_without_momentum_there_is_nothing_to_dampen(
    name: str, problem: Problem, lr: float, dampening: float
) -> None:
    opt = method(name, lr=lr, momentum=0.0, dampening=dampening)
    due = by_torch(problem, lambda p: torch.optim.SGD(p, lr, 0.0, dampening))
    assert_close(ours(opt, problem), due, momentum_sizes(problem, lr), problem.dtype)
