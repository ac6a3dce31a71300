"""Adam, AdamW, AMSGrad, RMSProp and AdaGrad against PyTorch, from the textbook and derived."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from .budgets import quotients
from .libraries import by_torch
from .support import (
    Problem,
    assert_close,
    both,
    doubles,
    method,
    ours,
    pick,
    problems,
    textbook,
)

rates = st.floats(1e-4, 1.0)
firsts = st.floats(0.0, 0.99)
averages = st.floats(0.5, 0.999)
momenta = st.floats(1e-3, 0.999)
guards = st.sampled_from((1e-8, 1e-4))


@both
@given(problems(), rates, firsts, averages, guards, st.booleans())
def test_adam(
    side: str, problem: Problem, lr: float, first: float, second: float, eps: float, largest: bool
) -> None:
    same = {"lr": lr, "betas": (first, second), "eps": eps, "amsgrad": largest}
    opt = pick(side, lambda: textbook("adam", **same), lambda: method("Adam", **same))
    due = by_torch(
        problem, lambda p: torch.optim.Adam(p, lr, (first, second), eps, amsgrad=largest)
    )
    sizes = quotients(problem, lr, second, eps, corrected=True, largest=largest)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@both
@given(problems(), rates, firsts, averages, guards)
def test_amsgrad(
    side: str, problem: Problem, lr: float, first: float, second: float, eps: float
) -> None:
    same = {"lr": lr, "betas": (first, second), "eps": eps}
    opt = pick(
        side, lambda: textbook("adam", amsgrad=True, **same), lambda: method("AMSGrad", **same)
    )
    due = by_torch(problem, lambda p: torch.optim.Adam(p, lr, (first, second), eps, amsgrad=True))
    sizes = quotients(problem, lr, second, eps, corrected=True, largest=True)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@both
@given(problems(), rates, firsts, averages, guards, st.floats(1e-4, 0.9), st.booleans())
def test_adamw(
    side: str,
    problem: Problem,
    lr: float,
    first: float,
    second: float,
    eps: float,
    decay: float,
    largest: bool,
) -> None:
    same = {
        "lr": lr, "betas": (first, second), "eps": eps, "weight_decay": decay, "amsgrad": largest,
    }  # fmt: skip
    opt = pick(side, lambda: textbook("adamw", **same), lambda: method("AdamW", **same))
    due = by_torch(
        problem, lambda p: torch.optim.AdamW(p, lr, (first, second), eps, decay, largest)
    )
    keep = 1 - lr * decay
    sizes = quotients(problem, lr, second, eps, corrected=True, largest=largest, shrink=keep)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@both
@given(problems(), rates, averages, guards, st.floats(1e-4, 0.9))
def test_adamw_with_the_exact_decay(
    side: str, problem: Problem, lr: float, second: float, eps: float, decay: float
) -> None:
    """PyTorch's AdamW with the decay (1 − e^(−lr·λ))/lr, so that its factor is the exact one."""
    same = {"lr": lr, "betas": (0.9, second), "eps": eps, "weight_decay": decay}
    opt = pick(
        side,
        lambda: textbook("adamw", exact=True, **same),
        lambda: method("AdamW", exact_decay=True, **same),
    )
    equal = -np.expm1(-lr * decay) / lr
    due = by_torch(problem, lambda p: torch.optim.AdamW(p, lr, (0.9, second), eps, equal))
    sizes = quotients(problem, lr, second, eps, corrected=True, shrink=np.exp(-lr * decay))
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@both
@given(problems(), rates, averages, guards, st.booleans())
def test_rmsprop(
    side: str, problem: Problem, lr: float, alpha: float, eps: float, centered: bool
) -> None:
    same = {"lr": lr, "alpha": alpha, "eps": eps, "centered": centered}
    opt = pick(side, lambda: textbook("rmsprop", **same), lambda: method("RMSProp", **same))
    due = by_torch(problem, lambda p: torch.optim.RMSprop(p, lr, alpha, eps, centered=centered))
    sizes = quotients(problem, lr, alpha, eps, centered=centered)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@both
@given(problems(), rates, averages, guards, momenta, st.booleans())
def test_rmsprop_with_momentum(
    side: str,
    problem: Problem,
    lr: float,
    alpha: float,
    eps: float,
    momentum: float,
    centered: bool,
) -> None:
    numbers = {"lr": lr, "alpha": alpha, "eps": eps}
    opt = pick(
        side,
        lambda: textbook(
            "rmsprop", {"momentum": True, "centered": centered}, momentum=momentum, **numbers
        ),
        lambda: method("RMSProp", centered=centered, momentum=momentum, **numbers),
    )
    due = by_torch(
        problem,
        lambda p: torch.optim.RMSprop(p, lr, alpha, eps, momentum=momentum, centered=centered),
    )
    sizes = quotients(problem, lr, alpha, eps, centered=centered, momentum=momentum)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@given(problems(), rates, guards)
def test_adagrad(problem: Problem, lr: float, eps: float) -> None:
    opt = textbook("adagrad", lr=lr, eps=eps)
    due = by_torch(problem, lambda p: torch.optim.Adagrad(p, lr, eps=eps))
    sizes, square = [], [np.zeros(w.shape) for w in problem.weights]
    for n, slope in enumerate(problem.slopes, 1):
        for v, g in zip(square, doubles(slope), strict=True):
            v += g**2
        sizes.append(
            [
                np.abs(w) + (1 + n / 4) * lr * np.abs(g) / (np.sqrt(v) + eps)
                for w, v, g in zip(doubles(due), square, doubles(slope), strict=True)
            ]
        )
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@both
@given(problems(), st.floats(1e-4, 1e-2), st.floats(1e-4, 0.1))
def test_l2_decay_of_the_adaptive_methods(
    side: str, problem: Problem, lr: float, decay: float
) -> None:
    """ε = 1 keeps the quotient from amplifying what the decay feeds back."""
    same = {"lr": lr, "betas": (0.9, 0.999), "eps": 1.0, "weight_decay": decay}
    adam = pick(side, lambda: textbook("adam", decay=True, **same), lambda: method("Adam", **same))
    due = by_torch(problem, lambda p: torch.optim.Adam(p, lr, eps=1.0, weight_decay=decay))
    sizes = quotients(problem, lr, 0.999, 1.0, decay, corrected=True)
    assert_close(ours(adam, problem), due, sizes, problem.dtype)
    same = {"lr": lr, "alpha": 0.99, "eps": 1.0, "weight_decay": decay}
    rmsprop = pick(
        side, lambda: textbook("rmsprop", decay=True, **same), lambda: method("RMSProp", **same)
    )
    due = by_torch(problem, lambda p: torch.optim.RMSprop(p, lr, eps=1.0, weight_decay=decay))
    sizes = quotients(problem, lr, 0.99, 1.0, decay)
    assert_close(ours(rmsprop, problem), due, sizes, problem.dtype)
