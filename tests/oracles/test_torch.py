"""Our optimizers and PyTorch's give the same numbers, to a few units in the last place a step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import hermosis as hm
from hermosis import optimizers
from hermosis.parameters import flatten

from .support import Arrays, Problem, assert_close, doubles, momentum_sizes, ours, problems

rates = st.floats(1e-4, 1.0)
momenta = st.one_of(st.just(0.0), st.floats(0.0, 0.999))
decays = st.one_of(st.just(0.0), st.floats(1e-5, 0.05))


def theirs(
    problem: Problem,
    make: Callable[[list[torch.Tensor]], torch.optim.Optimizer],
    schedule: Callable[[Any], Any] | None = None,
) -> Arrays:
    """The weights after PyTorch's steps with the same gradients."""
    tensors = [torch.tensor(array, requires_grad=True) for array in problem.weights]
    opt = make(tensors)
    scheduler = schedule(opt) if schedule else None
    for slope in problem.slopes:
        for tensor, gradient in zip(tensors, slope, strict=True):
            tensor.grad = torch.tensor(gradient)
        opt.step()
        if scheduler:
            scheduler.step()
    return [tensor.detach().numpy() for tensor in tensors]


@given(problems(), rates, decays)
def test_sgd(problem: Problem, lr: float, decay: float) -> None:
    opt = optimizers.SGD(lr=lr, weight_decay=decay, backend="numpy")
    due = theirs(problem, lambda p: torch.optim.SGD(p, lr=lr, weight_decay=decay))
    sizes = momentum_sizes(problem, lr, decay=decay)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@given(problems(), rates, momenta, decays)
def test_momentum(problem: Problem, lr: float, momentum: float, decay: float) -> None:
    opt = optimizers.Momentum(lr=lr, momentum=momentum, weight_decay=decay, backend="numpy")
    due = theirs(problem, lambda p: torch.optim.SGD(p, lr, momentum, weight_decay=decay))
    sizes = momentum_sizes(problem, lr, momentum, decay)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@given(problems(), rates, st.floats(1e-3, 0.999), decays)
def test_nesterov(problem: Problem, lr: float, momentum: float, decay: float) -> None:
    opt = optimizers.Nesterov(lr=lr, momentum=momentum, weight_decay=decay, backend="numpy")
    due = theirs(
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
    due = theirs(problem, lambda p: torch.optim.SGD(p, lr, momentum, weight_decay=decay))
    sizes = momentum_sizes(problem, lr, momentum, decay)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@settings(max_examples=15)
@given(problems(), rates, momenta)
def test_momentum_in_numba(problem: Problem, lr: float, momentum: float) -> None:
    opt = optimizers.Momentum(lr=lr, momentum=momentum, backend="numba")
    due = theirs(problem, lambda p: torch.optim.SGD(p, lr, momentum))
    assert_close(ours(opt, problem), due, momentum_sizes(problem, lr, momentum), problem.dtype)


def quotients(
    problem: Problem,
    lr: float,
    keep: float,
    eps: float,
    decay: float = 0.0,
    corrected: bool = False,
    centered: bool = False,
) -> list[Arrays]:
    """For each step of Adam or RMSProp: |w| + lr·max|g|/(√v + ε), v an average of g².

    An average of gradients is known to ε of the largest of them. A variance v − M² loses v/(v − M²)
    of its digits.
    """
    weights = doubles(problem.weights)
    square, mean, peak = ([np.zeros_like(w) for w in weights] for _ in range(3))
    sizes = []
    for n, slope in enumerate(problem.slopes, 1):
        now = []
        for w, v, m, top, g in zip(weights, square, mean, peak, doubles(slope), strict=True):
            g = g + decay * w
            np.maximum(top, np.abs(g), out=top)
            v[...] = keep * v + (1 - keep) * g**2
            m[...] = keep * m + (1 - keep) * g
            spread = v / (1 - keep**n) if corrected else v - m**2 if centered else v
            step = lr * top / (np.sqrt(spread) + eps)
            w -= step * g / top
            now.append(np.abs(w) + step * (v / spread if centered else 1.0))
        sizes.append(now)
    return sizes


averages = st.floats(0.5, 0.999)
guards = st.sampled_from((1e-8, 1e-4))


@given(problems(), rates, st.floats(0.0, 0.99), averages, guards)
def test_adam(problem: Problem, lr: float, first: float, second: float, eps: float) -> None:
    opt = optimizers.Adam(lr=lr, betas=(first, second), eps=eps, backend="numpy")
    due = theirs(problem, lambda p: torch.optim.Adam(p, lr, (first, second), eps))
    sizes = quotients(problem, lr, second, eps, corrected=True)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@given(problems(), rates, averages, guards)
def test_rmsprop(problem: Problem, lr: float, alpha: float, eps: float) -> None:
    opt = optimizers.RMSProp(lr=lr, alpha=alpha, eps=eps, backend="numpy")
    due = theirs(problem, lambda p: torch.optim.RMSprop(p, lr, alpha, eps))
    assert_close(ours(opt, problem), due, quotients(problem, lr, alpha, eps), problem.dtype)


@given(problems(), rates, averages, guards)
def test_rmsprop_centered(problem: Problem, lr: float, alpha: float, eps: float) -> None:
    opt = optimizers.RMSProp(lr=lr, alpha=alpha, eps=eps, centered=True, backend="numpy")
    due = theirs(problem, lambda p: torch.optim.RMSprop(p, lr, alpha, eps, centered=True))
    sizes = quotients(problem, lr, alpha, eps, centered=True)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@given(problems(), st.floats(1e-4, 1e-2), st.floats(1e-4, 0.1))
def test_weight_decay_of_the_adaptive_methods(problem: Problem, lr: float, decay: float) -> None:
    """ε = 1 keeps the quotient from amplifying what the decay feeds back."""
    adam = optimizers.Adam(lr=lr, eps=1.0, weight_decay=decay, backend="numpy")
    due = theirs(problem, lambda p: torch.optim.Adam(p, lr, eps=1.0, weight_decay=decay))
    sizes = quotients(problem, lr, 0.999, 1.0, decay, corrected=True)
    assert_close(ours(adam, problem), due, sizes, problem.dtype)
    rmsprop = optimizers.RMSProp(lr=lr, eps=1.0, weight_decay=decay, backend="numpy")
    due = theirs(problem, lambda p: torch.optim.RMSprop(p, lr, eps=1.0, weight_decay=decay))
    sizes = quotients(problem, lr, 0.99, 1.0, decay)
    assert_close(ours(rmsprop, problem), due, sizes, problem.dtype)


@given(problems(), st.lists(rates, min_size=3, max_size=3), momenta)
def test_learning_rates_of_branches(problem: Problem, each: list[float], momentum: float) -> None:
    if isinstance(problem.set, np.ndarray):
        return
    leaves, structure = flatten(problem.set)
    nested = structure.rebuild(each[: len(leaves)])
    opt = optimizers.Momentum(lr=nested, momentum=momentum, backend="numpy")

    def make(tensors: list[torch.Tensor]) -> torch.optim.Optimizer:
        groups = [{"params": [p], "lr": lr} for p, lr in zip(tensors, each, strict=False)]
        return torch.optim.SGD(groups, lr=1.0, momentum=momentum)

    sizes = momentum_sizes(problem, each[: len(leaves)], momentum)
    assert_close(ours(opt, problem), theirs(problem, make), sizes, problem.dtype)


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
    due = theirs(
        problem,
        lambda p: torch.optim.SGD(p, lr, momentum),
        lambda made: torch.optim.lr_scheduler.LambdaLR(made, factor),
    )
    assert_close(ours(opt, problem), due, momentum_sizes(problem, lr, momentum), problem.dtype)
