"""Our optimizers and optax's give the same numbers, where optax has the method."""

from __future__ import annotations

import numpy as np
import optax
from hypothesis import given, settings
from hypothesis import strategies as st

from hermosis import optimizers

from .libraries import by_optax
from .support import Problem, assert_close, doubles, momentum_sizes, ours, problems

rates = st.floats(1e-4, 1.0)
momenta = st.floats(1e-3, 0.999)
few = settings(max_examples=15)


@few
@given(problems(), rates, momenta)
def test_momentum(problem: Problem, lr: float, momentum: float) -> None:
    opt = optimizers.Momentum(lr=lr, momentum=momentum, backend="numpy")
    due = by_optax(problem, lambda: optax.sgd(lr, momentum))
    assert_close(ours(opt, problem), due, momentum_sizes(problem, lr, momentum), problem.dtype)


@few
@given(problems(), rates, momenta)
def test_nesterov(problem: Problem, lr: float, momentum: float) -> None:
    opt = optimizers.Nesterov(lr=lr, momentum=momentum, backend="numpy")
    due = by_optax(problem, lambda: optax.sgd(lr, momentum, nesterov=True))
    sizes = momentum_sizes(problem, lr, momentum, gain=2.0)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@few
@given(problems(), rates)
def test_sign_descent(problem: Problem, lr: float) -> None:
    opt = optimizers.SignSGD(lr=lr, momentum=0.0, backend="numpy")
    due = by_optax(problem, lambda: optax.sign_sgd(lr))
    sizes = [[np.abs(w) + lr for w in due] for _ in problem.slopes]
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@few
@given(problems(), rates)
def test_normalised_descent(problem: Problem, lr: float) -> None:
    opt = optimizers.NormalizedGD(lr=lr, momentum=0.0, backend="numpy")
    due = by_optax(
        problem,
        lambda: optax.chain(optax.normalize_by_update_norm(eps=0.0), optax.scale(-lr)),
    )
    sizes = [[np.abs(w) + len(problem.slopes) * lr for w in doubles(due)] for _ in problem.slopes]
    assert_close(ours(opt, problem), due, sizes, problem.dtype)
