"""The p-Bregman family against the formulas of its papers, typed here in NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hermosis import optimizers

from .support import (
    Arrays,
    Problem,
    assert_close,
    in_doubles,
    method,
    ours,
    problems,
    textbook,
    zeros,
)

lengths = st.floats(1e-3, 0.2)
orders = st.floats(2.0, 6.0)
constants = st.floats(1e-3, 10.0)


class Followed:
    """Moments, weights and what rounding may take from them, step by step."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.moments, self.lost, self.spent = (zeros(problem) for _ in range(3))
        self.sizes: list[Arrays] = []
        #: The smallest |X·g| over the sum of |Xᵢgᵢ|, on which a restart turns.
        self.clearest = np.inf

    def kick(self, keep: float, push: float, slope: Arrays) -> None:
        for X, lost, g in zip(self.moments, self.lost, slope, strict=True):
            lost[...] = keep * lost + np.abs(keep * X) + np.abs(push * g)
            X[...] = keep * X + push * g

    def drift(self, rate: float, weights: Arrays) -> None:
        for w, X, lost, spent in zip(weights, self.moments, self.lost, self.spent, strict=True):
            spent += rate * lost
            w -= rate * X
        self.sizes.append([np.abs(w) + s for w, s in zip(weights, self.spent, strict=True)])

    def is_uphill(self, slope: Arrays) -> bool:
        products = [X * g for X, g in zip(self.moments, slope, strict=True)]
        whole = sum(float(np.sum(product)) for product in products)
        size = sum(float(np.sum(np.abs(product))) for product in products)
        if size:
            self.clearest = min(self.clearest, abs(whole) / size)
        return whole < 0

    def forget(self) -> None:
        for array in (*self.moments, *self.lost):
            array[...] = 0.0

    def assume_clear(self) -> None:
        assume(self.clearest > 1e3 * np.finfo(self.problem.dtype).eps)


@given(problems(), lengths, orders, constants, st.booleans())
def test_the_polynomial_bravo_step(
    problem: Problem, lr: float, p: float, C: float, restart: bool
) -> None:
    """`BrAVO_torch.py` of Duruisseaux and Leok, in its letters r and qᵗ and without its looping."""
    now, time = Followed(problem), [1.0]

    def step(weights: Arrays, slope: Arrays) -> None:
        qt = time[0]
        # r ← r − C p h qᵗ^(2p−1) ∇f with r = −X
        now.kick(1.0, C * p * lr * qt ** (2 * p - 1), slope)
        now.drift(lr * p / (qt + 0.5 * lr) ** (p + 1), weights)
        time[0] = qt + lr
        if restart and now.is_uphill(slope):
            now.forget()

    due = in_doubles(problem, step)
    now.assume_clear()
    opt = textbook("bregman", restart=restart, lr=lr, p=p, C=C)
    assert_close(ours(opt, problem), due, now.sizes, problem.dtype)


@given(problems(), lengths, orders, constants, st.booleans(), st.integers(0, 5))
def test_bregman(
    problem: Problem, tau: float, p: float, C: float, restart: bool, loop: int
) -> None:
    """The flow of H = (p/2t^(p+1))‖r‖² + Cpt^(2p−1)f with the gradient held: arXiv:1603.04245.

    From time zero; r ← r − C(t₂^(2p) − t₁^(2p))/2·∇f, then w moves by τ(p/t₂^(p+1))r.
    """
    now = Followed(problem)
    step_number = [0]

    def step(weights: Arrays, slope: Arrays) -> None:
        n = step_number[0] % loop if loop else step_number[0]
        before, after = n * tau, (n + 1) * tau
        if restart and now.is_uphill(slope):
            now.forget()
        # X = −p r/t^(p+1)
        keep = (before / after) ** (p + 1)
        push = p / after ** (p + 1) * C * p * (after ** (2 * p) - before ** (2 * p)) / (2 * p)
        now.kick(keep, push, slope)
        now.drift(tau, weights)
        step_number[0] += 1

    due = in_doubles(problem, step)
    now.assume_clear()
    opt = method("Bregman", lr=tau, p=p, C=C, restart=restart, loop=loop)
    assert_close(ours(opt, problem), due, now.sizes, problem.dtype)


def quadratic(w: Any) -> tuple[float, Any]:
    scale = np.array([1.0, 25.0])
    return float(0.5 * np.sum(scale * w**2)), scale * w


@pytest.mark.parametrize("restart", (False, True))
def test_a_restart_lowers_the_loss_of_a_quadratic(restart: bool) -> None:
    """What it is for: the loss with restarts ends lower, by orders."""
    w = np.array([1.0, 1.0])
    opt = optimizers.Bregman(lr=0.05, p=2.0, C=1.0, restart=restart, backend="numpy")
    state = opt.init(w)
    for _ in range(400):
        opt.step(w, quadratic(w)[1], state)
    assert (quadratic(w)[0] < 1e-8) is restart
