"""Each word converges at its declared order, in weights, moments and heat, to the flow of H."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from hermosis.analyse.flow import motion_and_energy

from .systems import HAMILTONIANS, PROFILES, W0, X0, both
from .table import LENGTH, OWN, PRODUCT, SAMPLE, Case, refined


@cache
def destination(hamiltonian: str, profile: str, shrinking: float) -> np.ndarray:
    """Where SciPy takes (w, X, U) along the Hermosis equations, w shrinking besides."""
    cooling = PROFILES[profile]
    H = HAMILTONIANS[hamiltonian](cooling.profile)
    rates, _ = motion_and_energy(H)
    d = len(W0)

    def motion(_: float, z: np.ndarray) -> np.ndarray:
        w, X, (U, beta) = z[:d], z[d : 2 * d], z[2 * d :]
        value, gradient = both(w)
        dw, dX, dU, dbeta = rates(
            w, X, gradient, U=U, beta=beta, L=value, **H.all_hyperparameters()
        )
        return np.concatenate([dw - shrinking * w, dX, np.subtract(dU, shrinking * U), dbeta])

    begin = np.array([*W0, *X0, 0.0, cooling.mass(cooling.begin)])
    found = solve_ivp(motion, (0.0, LENGTH), begin, "DOP853", rtol=1e-13, atol=1e-14)
    assert found.success
    assert found.y[-1, -1] == pytest.approx(cooling.mass(cooling.begin + LENGTH), rel=1e-11)
    return found.y[:-1, -1]


def error(case: Case, steps: int) -> float:
    """How far a number of steps ends from the flow; U counts where the optimizer carries it."""
    opt, w = case.optimizer(LENGTH / steps), W0.copy()
    state = opt.init(w)
    state.arrays["X"][0][...] = X0
    state.time = case.cooling.begin
    for _ in range(steps):
        opt.advance(w, state, both)
    shrinking = OWN["weight_decay"] if case.shrinks else 0.0
    gaps = np.array([*w, *state.arrays["X"][0], state.scalars["U"]])
    gaps -= destination(case.hamiltonian, case.profile, shrinking)
    return float(np.abs(gaps[: -1 if opt.followed is None else None]).max())


def check_order(case: Case) -> None:
    """Halving τ divides the error by 2 to the declared order, until rounding takes over."""
    falls, errors = refined(lambda steps: error(case, steps), case.scheme.order, margin=0.4)
    assert errors[-1] < 0.05
    assert falls, errors


@pytest.mark.parametrize("case", SAMPLE, ids=str)
def test_the_declared_order_on_a_nonlinear_problem(case: Case) -> None:
    check_order(case)


@pytest.mark.slow
@pytest.mark.parametrize("case", PRODUCT, ids=str)
def test_the_declared_order_over_the_whole_product(case: Case) -> None:
    check_order(case)
