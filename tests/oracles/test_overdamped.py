"""The overdamped limit: in physical form, `[CK] D` under fast cooling is gradient descent."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hermosis as hm
from hermosis import optimizers

from .support import Problem, assert_close, largest, momentum_sizes, ours, problems

steps_of_time = st.floats(1e-2, 2.0)


def physical(tau: float, damping: float) -> hm.Hamiltonian:
    """`[CK] D` in steps of τ at the friction γ = damping/τ; its learning rate is τ/γ."""
    H = hm.Hamiltonian(profile=hm.Exponential(damping / tau))
    return H.optimizer(step=tau, integrator="[CK] D", backend="numpy")


@given(problems(), steps_of_time, st.floats(40.0, 700.0))
def test_beyond_rounding_it_is_sgd(problem: Problem, tau: float, damping: float) -> None:
    """At γτ > 40 what a moment keeps, e^(−γτ), is below the last place."""
    lr = tau**2 / damping
    due = ours(optimizers.SGD(lr=lr, backend="numpy"), problem)
    sizes = momentum_sizes(problem, lr)
    assert_close(ours(physical(tau, damping), problem), due, sizes, problem.dtype)


@given(problems(dtypes=(np.float64,)), steps_of_time, st.floats(3.0, 30.0))
def test_the_distance_to_sgd_falls_as_the_memory(
    problem: Problem, tau: float, damping: float
) -> None:
    """X is (1 − μ)Σμʲg/γ, so that weights differ by lr·μ·Σ|g| at most, and do differ."""
    lr, memory = tau**2 / damping, np.exp(-damping)
    due = ours(optimizers.SGD(lr=lr, backend="numpy"), problem)
    found = ours(physical(tau, damping), problem)
    gap = largest([a - b for a, b in zip(found, due, strict=True)])
    total = sum(largest(slope) for slope in problem.slopes)
    assert gap <= lr * memory * total * (1 + 1e-6) + 1e-13 * (largest(due) + lr * total)
    if damping < 10:
        assert gap > 0


@pytest.mark.parametrize("damping", (2.0, 4.0, 8.0))
def test_one_step_falls_short_by_exactly_the_memory(damping: float) -> None:
    w, gradient = np.array([1.0, -2.0]), np.array([0.5, 0.25])
    opt = physical(0.5, damping)
    opt.step(w, gradient, opt.init(w))
    moved = (np.array([1.0, -2.0]) - w) / (0.25 / damping * gradient)
    assert moved == pytest.approx(1 - np.exp(-damping), rel=1e-14)
