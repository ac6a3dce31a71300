"""The gradients that a rule says it takes are the gradients that a run takes."""

from __future__ import annotations

import pytest

import hermosis as hm

from .systems import W0, X0, both
from .table import SAMPLE, Case

STEPS = 5


class Counted:
    """The problem, with a count of its evaluations."""

    def __init__(self) -> None:
        self.calls = 0

    def __call__(self, w):
        self.calls += 1
        return both(w)


@pytest.mark.parametrize("case", SAMPLE, ids=str)
def test_a_run_takes_the_gradients_that_its_rule_counts(case: Case) -> None:
    opt, problem = case.optimizer(1 / 32), Counted()
    w, rule = W0.copy(), opt.blueprint.rule()
    state = opt.init(w)
    state.arrays["X"][0][...] = X0
    state.time = case.cooling.begin
    known: tuple = (None, None)
    for _ in range(STEPS):
        latest = [known]

        def evaluate(point, latest=latest):
            latest[0] = problem(point)
            return latest[0]

        value, grad = known
        opt.advance(w, state, evaluate, grad, value)
        known = latest[0] if rule.ends_with_gradient else (None, None)
    first = int(rule.starts_with_gradient and rule.ends_with_gradient)
    assert problem.calls == STEPS * rule.gradients_per_step + first


@pytest.mark.parametrize(
    ("word", "gradients", "last"),
    (
        ("C K D", 1, 1),  # at the start; the end is evaluated for the result
        ("D K C", 1, 0),  # after the drift, which is the end
        ("Leapfrog", 1, 1),  # in the middle
        ("LeapfrogKickOutside", 1, 1),  # at both ends: the last serves the next step
        ("C (D) K D", 1, 1),
        ("Yoshida4", 3, 1),
        ("ForestRuth", 3, 1),
        ("BlanesMoan4", 6, 1),
        ("KahanLi6", 9, 1),
        ("KahanLi8", 17, 1),
    ),
)
def test_minimize_counts_what_it_calls(word: str, gradients: int, last: int) -> None:
    opt, problem = (
        hm.Hamiltonian().optimizer(step=0.05, integrator=word, backend="numpy"),
        Counted(),
    )
    result = hm.minimize(problem, W0, opt, jac=True, steps=STEPS)
    assert opt.rule.gradients_per_step == gradients
    assert result.nfev == result.njev == problem.calls == STEPS * gradients + last
