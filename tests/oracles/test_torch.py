"""Our optimizers and PyTorch's give the same numbers, to a few units in the last place a step."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import hermosis as hm
from hermosis import optimizers
from hermosis.run.parameters import flatten

from .libraries import by_torch
from .support import Problem, assert_close, momentum_sizes, ours, problems

rates = st.floats(1e-4, 1.0)
momenta = st.one_of(st.just(0.0), st.floats(0.0, 0.999))
decays = st.one_of(st.just(0.0), st.floats(1e-5, 0.05))


@given(problems(), rates, decays)
def test_sgd(problem: Problem, lr: float, decay: float) -> None:
    opt = optimizers.SGD(lr=lr, weight_decay=decay, backend="numpy")
    due = by_torch(problem, lambda p: torch.optim.SGD(p, lr=lr, weight_decay=decay))
    sizes = momentum_sizes(problem, lr, decay=decay)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@given(problems(), rates, momenta, decays)
def test_momentum(problem: Problem, lr: float, momentum: float, decay: float) -> None:
    opt = optimizers.Momentum(lr=lr, momentum=momentum, weight_decay=decay, backend="numpy")
    due = by_torch(problem, lambda p: torch.optim.SGD(p, lr, momentum, weight_decay=decay))
    sizes = momentum_sizes(problem, lr, momentum, decay)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@given(problems(), rates, st.floats(1e-3, 0.999), decays)
def test_nesterov(problem: Problem, lr: float, momentum: float, decay: float) -> None:
    opt = optimizers.Nesterov(lr=lr, momentum=momentum, weight_decay=decay, backend="numpy")
    due = by_torch(
        problem, lambda p: torch.optim.SGD(p, lr, momentum, weight_decay=decay, nesterov=True)
    )
    sizes = momentum_sizes(problem, lr, momentum, decay, gain=2.0)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@given(problems(), rates, momenta, decays)
def test_the_classical_hamiltonian(
    problem: Problem, lr: float, momentum: float, decay: float
) -> None:
    H = hm.Hamiltonian()
    opt = H.optimizer(lr=lr, momentum=momentum, weight_decay=decay, backend="numpy")
    due = by_torch(problem, lambda p: torch.optim.SGD(p, lr, momentum, weight_decay=decay))
    sizes = momentum_sizes(problem, lr, momentum, decay)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@settings(max_examples=15)
@given(problems(), rates, momenta)
def test_momentum_in_numba(problem: Problem, lr: float, momentum: float) -> None:
    opt = optimizers.Momentum(lr=lr, momentum=momentum, backend="numba")
    due = by_torch(problem, lambda p: torch.optim.SGD(p, lr, momentum))
    assert_close(ours(opt, problem), due, momentum_sizes(problem, lr, momentum), problem.dtype)


@given(problems(), st.lists(rates, min_size=3, max_size=3), momenta)
def test_learning_rates_of_branches(problem: Problem, each: list[float], momentum: float) -> None:
    assume(not isinstance(problem.set, np.ndarray))
    leaves, structure = flatten(problem.set)
    nested = structure.rebuild(each[: len(leaves)])
    opt = optimizers.Momentum(lr=nested, momentum=momentum, backend="numpy")

    def make(tensors: list[torch.Tensor]) -> torch.optim.Optimizer:
        groups = [{"params": [p], "lr": lr} for p, lr in zip(tensors, each, strict=False)]
        return torch.optim.SGD(groups, lr=1.0, momentum=momentum)

    sizes = momentum_sizes(problem, each[: len(leaves)], momentum)
    assert_close(ours(opt, problem), by_torch(problem, make), sizes, problem.dtype)


SCHEDULES: dict[str, Callable[[int], float]] = {
    "decay": lambda n: 0.9**n,
    "inverse": lambda n: 1 / (1 + n),
    "steps": lambda n: 0.1 ** (n // 3),
}


@pytest.mark.parametrize("name", SCHEDULES)
@settings(max_examples=20)
@given(problems(), rates, momenta)
def test_a_callable_of_the_step_is_a_schedule(
    name: str, problem: Problem, lr: float, momentum: float
) -> None:
    factor = SCHEDULES[name]
    opt = optimizers.Momentum(lr=lambda n: lr * factor(n), momentum=momentum, backend="numpy")
    due = by_torch(
        problem,
        lambda p: torch.optim.SGD(p, lr, momentum),
        lambda made: torch.optim.lr_scheduler.LambdaLR(made, factor),
    )
    assert_close(ours(opt, problem), due, momentum_sizes(problem, lr, momentum), problem.dtype)
