"""H itself is conserved, since U carries the heat: up to the order of the word, and no worse."""

from __future__ import annotations

from functools import cache
from math import log2

import numpy as np
import pytest

import hermosis as hm
from hermosis.analyse.flow import motion_and_energy

from .systems import W0, X0, SoftSign, both, loss
from .table import LENGTH, OWN, PRODUCT, SAMPLE, Case, refined


@cache
def energy(hamiltonian: str, profile: str):
    return motion_and_energy(Case(hamiltonian, profile, "Leapfrog").H)[1]


def total(case: Case, w: np.ndarray, X: np.ndarray, U: float, t: float) -> float:
    """H for each unit of β, evaluated as the class states it, with the generator of decay."""
    beta = case.cooling.mass(t)
    values = {**case.H.all_hyperparameters(), "U": U, "beta": beta, "L": float(loss(w))}
    found = energy(case.hamiltonian, case.profile)(w, X, **values) / beta
    return found + (OWN["weight_decay"] * (float(X @ w) + U) if case.shrinks else 0.0)


def run(case: Case, steps: int) -> tuple[float, float]:
    """The largest change of H over a run, and how far `Optimizer.energies` is from it."""
    opt, w = case.optimizer(LENGTH / steps), W0.copy()
    state = opt.init(w)
    state.arrays["X"][0][...] = X0
    begin = state.time = case.cooling.begin
    first = total(case, w, X0, 0.0, begin)
    drift = gap = 0.0
    for _ in range(steps):
        opt.advance(w, state, both)
        now = total(case, w, state.arrays["X"][0], state.scalars["U"], state.time)
        ratio = case.mass(begin) / case.mass(state.time)
        drift = max(drift, abs(now - first * ratio))
        weight = case.cooling.loading(state.time)
        measured = opt.energies(w, state, float(loss(w)))
        gap = max(gap, abs(measured.total * weight - now) / (1 + abs(now)))
    return drift, gap


def check_energy(case: Case) -> None:
    """Halving τ divides the change of H by 2 to the order; the gauge measures the same H."""
    gaps = []

    def drift(steps: int) -> float:
        found, gap = run(case, steps)
        gaps.append(gap)
        return found

    margin = 0.4 if case.scheme.order < 6 else 0.8  # high orders meet rounding soon
    falls, drifts = refined(drift, case.scheme.order, margin)
    assert max(gaps) < 1e-12
    assert drifts[-1] < 0.05
    assert falls, drifts


HELD = [case for case in SAMPLE if case.plan.has_ledger]


@pytest.mark.parametrize("case", HELD, ids=str)
def test_H_with_U_is_conserved_to_the_order_of_the_word(case: Case) -> None:
    check_energy(case)


@pytest.mark.slow
@pytest.mark.parametrize("case", [c for c in PRODUCT if c.plan.has_ledger], ids=str)
def test_H_with_U_is_conserved_over_the_whole_product(case: Case) -> None:
    check_energy(case)


def test_H_is_not_claimed_where_one_U_cannot_hold_it() -> None:
    """Two heats have one U, or a drift reads moments that are then forgotten."""
    for case in set(SAMPLE) - set(HELD):
        assert case.shrinks or case.word == "LookAheadKick"
        assert case.optimizer(0.1).energies(W0, case.optimizer(0.1).init(W0.copy()), 1.0) is None


@pytest.mark.parametrize("word", ("C K D", "Leapfrog", "LeapfrogJoint", "Yoshida4"))
@pytest.mark.parametrize(
    "H", (hm.Hamiltonian(), SoftSign(1.5, profile=hm.Exponential(0.5))), ids=repr
)
def test_the_drift_in_the_trace_falls_with_the_order(H: hm.Hamiltonian, word: str) -> None:
    length = 1.6

    def drift(steps: int) -> float:
        opt = H.optimizer(step=length / steps, integrator=word, backend="numpy")
        trace = hm.minimize(both, W0, opt, jac=True, steps=steps, ledger=True).trace
        cooling = np.exp(-H.profile.gamma * np.linspace(0.0, length, steps + 1))
        assert trace.drift == pytest.approx((trace.energy - trace.energy[0]) * cooling, abs=1e-13)
        return float(np.abs(trace.drift).max())

    order = hm.integrators.resolve(word).order
    assert log2(drift(32) / drift(64)) == pytest.approx(order, abs=0.4)
