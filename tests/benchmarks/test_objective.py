"""Counting, timing and remembering, where the problem is evaluated."""

from __future__ import annotations

import time

import numpy as np
import pytest

from benchmarks.objective import BudgetSpent, Objective
from benchmarks.problem import all_problems


class Slow(type(all_problems()["quadratic"])):
    """The quadratic, 5 ms later."""

    def value_and_gradient(self, w):
        time.sleep(0.005)
        return super().value_and_gradient(w)


def test_the_budget_is_exact_and_the_best_point_is_a_copy():
    objective = Objective(all_problems()["quadratic"], np.ones(50), budget=3)
    w = np.ones(50)
    for scale in (3.0, 1.0, 2.0):
        w[:] = scale
        objective(w)
    with pytest.raises(BudgetSpent):
        objective(w)
    assert len(objective.values) == 3
    np.testing.assert_array_equal(objective.best_w, np.ones(50))
    assert objective.best == objective.values[1]
    first, best, last = objective.best_so_far()
    assert first > best == last


def test_a_value_that_is_no_number_is_never_the_best():
    objective = Objective(all_problems()["quadratic"], np.ones(50), budget=3)
    with np.errstate(all="ignore"):
        objective(np.full(50, np.nan))
        objective(np.ones(50))
        objective(np.full(50, np.nan))
    assert objective.best_so_far()[0] == np.inf
    assert objective.best == objective.best_so_far()[2] == objective.values[1]


def test_the_problem_has_its_own_clock():
    objective = Objective(Slow(), np.ones(50), budget=3)
    objective(np.ones(50))
    objective(np.ones(50))
    assert 0.01 <= objective.seconds < 0.1
