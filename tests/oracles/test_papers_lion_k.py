"""Lion-K, arXiv:2310.05898, with other kinetic energies than Lion's, typed here in NumPy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derivations.algebra.components import norm2
from derivations.algebra.symbols import parameter
from derivations.textbook import lion_k
from hermosis.model.hamiltonians import Classical, Relativistic
from hermosis.run.optimizer import Optimizer

from .support import (
    Arrays,
    Problem,
    assert_close,
    both,
    in_doubles,
    method,
    norm,
    ours,
    pick,
    problems,
    run,
    zeros,
)

rates = st.floats(1e-4, 1.0)
firsts = st.floats(0.1, 0.99)
decays = st.floats(1e-4, 0.9)


def check(
    opt: Optimizer,
    problem: Problem,
    lr: float,
    betas: tuple[float, float],
    decay: float,
    gradient: Callable[[Arrays], Arrays],
) -> None:
    """Compare with the paper's letters m and x; ∇𝒦 is 1-Lipschitz here, so no error grows in it."""
    first, second = betas
    m, top, spent, sizes = *(zeros(problem) for _ in range(3)), []

    def step(x: Arrays, slope: Arrays) -> None:
        ahead = [first * a - (1 - first) * g for a, g in zip(m, slope, strict=True)]
        for w, u, most, used, g in zip(x, gradient(ahead), top, spent, slope, strict=True):
            np.maximum(most, np.abs(g), out=most)
            used += lr * np.sqrt(sum(float(np.sum(t**2)) for t in top))
            w += lr * (u - decay * w)
        for a, g in zip(m, slope, strict=True):
            a[...] = second * a - (1 - second) * g
        sizes.append([np.abs(w) + 2 * used for w, used in zip(x, spent, strict=True)])

    due = in_doubles(problem, step)
    start = [[np.abs(w) for w in problem.weights]]
    assert_close(ours(opt, problem), due, start + sizes, problem.dtype)


@both
@given(problems(), rates, firsts, firsts, decays)
def test_half_the_square(
    side: str, problem: Problem, lr: float, first: float, second: float, decay: float
) -> None:
    same = {"lr": lr, "betas": (first, second), "weight_decay": decay}
    opt = pick(
        side,
        lambda: run(lion_k(lambda c: c, decoupled=True), **same),
        lambda: method("LionK", kinetic=Classical(), **same),
    )
    check(opt, problem, lr, (first, second), decay, lambda c: c)


@both
@given(problems(), rates, firsts, firsts, decays, st.floats(1e-3, 1e3))
def test_a_speed_limit(
    side: str,
    problem: Problem,
    lr: float,
    first: float,
    second: float,
    decay: float,
    delta: float,
) -> None:
    same = {"lr": lr, "betas": (first, second), "weight_decay": decay}
    limit = parameter("delta")

    def slope(c: sp.Expr) -> sp.Expr:
        return c / sp.sqrt(1 + limit * norm2(c))

    opt = pick(
        side,
        lambda: run(lion_k(slope, decoupled=True), delta=delta, **same),
        lambda: method("LionK", kinetic=Relativistic(delta=delta), **same),
    )
    check(
        opt, problem, lr, (first, second), decay,
        lambda c: [x / np.sqrt(1 + delta * norm(c) ** 2) for x in c],
    )  # fmt: skip
