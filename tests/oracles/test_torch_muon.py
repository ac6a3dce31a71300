"""PyTorch's Muon: its averages, its decay and its learning rate, and the whole with exact polars.

PyTorch orthogonalises by a few Newton–Schulz steps in half precision, which only comes near the
polar factor; for the comparison it is given the identity, or the exact one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import numpy as np
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch.optim import _muon

from derivations.textbook import lion_k

from .budgets import by_steps
from .libraries import by_torch
from .support import Arrays, Problem, assert_close, doubles, method, ours, run

rates = st.floats(1e-4, 1.0)
momenta = st.floats(1e-3, 0.99)
decays = st.floats(1e-4, 0.9)
adjustments = st.sampled_from((None, "original", "match_rms_adamw"))


@st.composite
def matrices(draw: Any, dtypes: tuple[type, ...] = (np.float32, np.float64)) -> Problem:
    """One to three matrices, and gradients of sizes between 1e−3 and 1e3."""
    sizes = draw(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=3))
    dtype = draw(st.sampled_from(dtypes))
    chance = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    scale = 10.0 ** draw(st.integers(-3, 3))

    def arrays(size: float) -> Arrays:
        return [(size * chance.standard_normal(shape)).astype(dtype) for shape in sizes]

    count = draw(st.integers(1, 8))
    return Problem(arrays(1.0), tuple(arrays(scale) for _ in range(count)))


def polar(matrix: torch.Tensor, *settings: Any) -> torch.Tensor:
    """UVᵀ of the singular value decomposition UΣVᵀ."""
    left, _, right = torch.linalg.svd(matrix, full_matrices=False)
    return left @ right


def identity(matrix: torch.Tensor, *settings: Any) -> torch.Tensor:
    return matrix


def by_muon(problem: Problem, orthogonal: Callable[..., torch.Tensor], **settings: Any) -> Arrays:
    """The weights after the steps of PyTorch's Muon with another way to orthogonalise."""
    with mock.patch.object(_muon, "_zeropower_via_newtonschulz", orthogonal):
        return by_torch(problem, lambda p: torch.optim.Muon(p, **settings))


def adjusted(problem: Problem, lr: float, decay: float, rule: str | None) -> dict[str, Any]:
    """A learning rate and a decay for each matrix; PyTorch adjusts the first, not their product."""
    each = [_muon._adjust_lr(lr, rule, torch.Size(w.shape)) for w in problem.weights]
    return {"lr": each, "weight_decay": [lr * decay / rate for rate in each]}


def averages(problem: Problem, momentum: float, nesterov: bool) -> Iterator[list[Any]]:
    """Muon's average of the gradients, and the largest gradient so far."""
    mean = [np.zeros(w.shape) for w in problem.weights]
    top = [np.zeros(w.shape) for w in problem.weights]
    for slope in problem.slopes:
        now = []
        for m, t, g in zip(mean, top, doubles(slope), strict=True):
            m[...] = momentum * m + (1 - momentum) * g
            np.maximum(t, np.abs(g), out=t)
            now.append((momentum * m + (1 - momentum) * g if nesterov else m.copy(), t.copy()))
        yield now


@settings(max_examples=100)
@given(matrices(), rates, momenta, decays, st.booleans(), adjustments)
def test_the_average_the_decay_and_the_learning_rate(
    problem: Problem, lr: float, momentum: float, decay: float, nesterov: bool, rule: str | None
) -> None:
    """Muon without the polar is Lion-K of ½‖X‖² with β₂ = μ and β₁ = μ, or μ² for Nesterov's."""
    first = momentum**2 if nesterov else momentum
    rated = adjusted(problem, lr, decay, rule)
    opt = run(lion_k(lambda c: c, decoupled=True), betas=(first, momentum), **rated)
    due = by_muon(
        problem, identity, lr=lr, momentum=momentum, nesterov=nesterov, weight_decay=decay,
        adjust_lr_fn=rule,
    )  # fmt: skip
    steps = (
        [(rate * c, rate * top) for rate, (c, top) in zip(rated["lr"], now, strict=True)]
        for now in averages(problem, momentum, nesterov)
    )
    sizes = by_steps(problem, steps, keep=1 - lr * decay)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@settings(max_examples=100)
@given(matrices(), rates, momenta, decays, st.booleans(), adjustments)
def test_muon(
    problem: Problem, lr: float, momentum: float, decay: float, nesterov: bool, rule: str | None
) -> None:
    """An error of a matrix moves its polar factor by the error over its smallest singular value."""
    rated = adjusted(problem, lr, decay, rule)
    opt = method("Muon", momentum=momentum, nesterov=nesterov, **rated)
    steps = []
    for now in averages(problem, momentum, nesterov):
        step = []
        for rate, (c, top) in zip(rated["lr"], now, strict=True):
            left, values, right = np.linalg.svd(c, full_matrices=False)
            amplified = np.linalg.norm(top) / values.min()
            assume(amplified < 1e3)
            step.append((rate * left @ right, np.full(c.shape, rate * (1 + 4 * amplified))))
        steps.append(step)
    due = by_muon(
        problem, polar, lr=lr, momentum=momentum, nesterov=nesterov, weight_decay=decay,
        adjust_lr_fn=rule,
    )  # fmt: skip
    sizes = by_steps(problem, iter(steps), keep=1 - lr * decay)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@given(matrices())
def test_newton_and_schulz_only_come_near(problem: Problem) -> None:
    """Which is why the comparison needs the exact polar: their singular values are off by 30 %."""
    for slope in problem.slopes[0]:
        values = np.linalg.svd(slope, compute_uv=False)
        assume(values.min() > 0.1 * values.max())
        coefficients = (_muon.DEFAULT_A, _muon.DEFAULT_B, _muon.DEFAULT_C)
        near = _muon._zeropower_via_newtonschulz(torch.tensor(slope), coefficients, 5, 1e-7)
        found = np.linalg.svd(near.float().numpy(), compute_uv=False)
        assert np.all((found > 0.6) & (found < 1.3))
