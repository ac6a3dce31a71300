"""What a step keeps: volume and the 2-form by the profile, and the way back of a palindrome."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from .exactly import DIGITS, Point, advance, distance, exact
from .systems import CURVATURE, W0, X0, loss, slope
from .table import PRODUCT, SAMPLE, Case, sourced, without_ledger

#: Every component away from zero by more than a step moves it, since some energies have a corner.
numbers = st.integers(-16, 16).map(lambda n: n / 128)
shifts = st.lists(numbers, min_size=3, max_size=3).map(np.array)
lengths = st.sampled_from((1 / 64, 1 / 16, 1 / 8))
#: An exact Jacobian in double precision, after up to 69 flows.
TOLERANCE = 1e-11

WORDS_THAT_KEEP = [case for case in SAMPLE if not case.scheme.looks_ahead]
PALINDROMES = [case for case in SAMPLE if case.scheme.symmetric]
MORE_THAT_KEEP = [case for case in PRODUCT if not case.scheme.looks_ahead]
MORE_PALINDROMES = [case for case in PRODUCT if case.scheme.symmetric]


def jacobian(case: Case, w: np.ndarray, X: np.ndarray, begin: float, tau: float) -> np.ndarray:
    """The Jacobian of a step in (w, X), by automatic derivatives of its PyTorch source."""
    rule = without_ledger(case.rule)
    source = sourced(rule, "torch")
    curvature = torch.tensor(CURVATURE)
    known = {**case.values, "t": begin, "tau": tau}
    scalars = {x.name: known[x.name] for x in rule.parameters}

    def gradient(point: torch.Tensor) -> torch.Tensor:
        return slope(point, curvature)

    def step(z: torch.Tensor) -> torch.Tensor:
        now = z[:3], z[3:]
        at = gradient(now[0]) if rule.gradient_at_start else gradient
        return torch.cat(source(*now, at, **scalars))

    z = torch.tensor(np.concatenate([w, X]))
    return torch.autograd.functional.jacobian(step, z).numpy()


def check_form(case: Case, w: np.ndarray, X: np.ndarray, tau: float) -> None:
    """JᵀΩJ = (β before / β after) Ω, so that det J is that ratio to the power d."""
    begin = case.cooling.begin
    J = jacobian(case, w, X, begin, tau)
    ratio = case.mass(begin) / case.mass(begin + tau)
    omega = np.kron([[0.0, 1.0], [-1.0, 0.0]], np.eye(3))
    assert np.abs(J.T @ omega @ J - ratio * omega).max() < TOLERANCE * np.abs(J).max() ** 2
    assert np.linalg.det(J) == pytest.approx(ratio**3, rel=TOLERANCE * np.linalg.cond(J))


@pytest.mark.parametrize("case", WORDS_THAT_KEEP, ids=str)
@settings(max_examples=2)
@given(shifts, shifts, lengths)
def test_a_step_is_conformally_symplectic(case: Case, dw, dX, tau: float) -> None:
    check_form(case, W0 + dw, X0 + dX, tau)


@pytest.mark.slow
@pytest.mark.parametrize("case", MORE_THAT_KEEP, ids=str)
def test_a_step_is_conformally_symplectic_over_the_whole_product(case: Case) -> None:
    check_form(case, W0, X0, 1 / 16)


def test_a_look_ahead_is_not_symplectic() -> None:
    """The check above can fail."""
    case = next(case for case in SAMPLE if case.word == "LookAhead")
    with pytest.raises(AssertionError):
        check_form(case, W0, X0, 1 / 8)


def check_return(case: Case, w: np.ndarray, X: np.ndarray, tau: float) -> None:
    """A step of −τ after a step of τ ends where it began, in w, X and U, to thirty digits."""
    with mp.workdps(DIGITS + 15):
        values = {name: mp.mpf(value) for name, value in case.values.items()}
        begin = Point({"w": exact(w), "X": exact(X)}, mp.mpf(1) / 4, mp.mpf(case.cooling.begin))
        curvature = CURVATURE.astype(object)
        problem = (lambda w: loss(w, curvature)), (lambda w: slope(w, curvature))
        there = advance(case.rule, begin, tau, values, *problem)
        back = advance(case.rule, there, -tau, values, *problem)
        assert distance(there, begin) > 1e-4
        assert distance(back, begin) < mp.mpf(10) ** -DIGITS


@pytest.mark.parametrize("case", PALINDROMES, ids=str)
@settings(max_examples=2)
@given(shifts, shifts, lengths)
def test_a_palindrome_run_back_returns(case: Case, dw, dX, tau: float) -> None:
    check_return(case, W0 + dw, X0 + dX, tau)


@pytest.mark.slow
@pytest.mark.parametrize("case", MORE_PALINDROMES, ids=str)
def test_a_palindrome_run_back_returns_over_the_whole_product(case: Case) -> None:
    check_return(case, W0, X0, 1 / 16)


@pytest.mark.parametrize("word", ("SymplecticEuler", "LookAhead"))
def test_what_is_no_palindrome_does_not_return(word: str) -> None:
    case = next(case for case in SAMPLE if case.word == word)
    with pytest.raises(AssertionError):
        check_return(case, W0, X0, 1 / 8)
