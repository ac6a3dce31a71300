"""Counting, timing and remembering, where the problem is evaluated."""

from __future__ import annotations

import time

import numpy as np
import pytest

from benchmarks.objective import BudgetSpent, Objective, Record
from benchmarks.problem import all_problems
from benchmarks.row import arrivals_of, gaps_of

QUADRATIC = all_problems()["quadratic"]


class Slow(type(QUADRATIC)):
    """The quadratic, 5 ms later."""

    def value_and_gradient(self, w):
        time.sleep(0.005)
        return super().value_and_gradient(w)


class Noisy(type(QUADRATIC)):
    """The quadratic, seen with an error."""

    noisy = True

    def seen(self, w, value, gradient, rng):
        return value + 1.0, gradient + rng.standard_normal(50)


def objective_of(problem, budget=3, seed=0):
    record = Record(np.ones(50))
    return record, Objective(problem, record, budget, seed)


def test_the_budget_is_exact_and_the_best_point_is_a_copy():
    record, objective = objective_of(QUADRATIC)
    w = np.ones(50)
    for scale in (3.0, 1.0, 2.0):
        w[:] = scale
        objective(w)
    with pytest.raises(BudgetSpent):
        objective(w)
    assert len(record.values) == 3
    np.testing.assert_array_equal(record.best_w, np.ones(50))
    assert record.best == record.values[1]
    first, best, last = gaps_of(QUADRATIC, record, 3)
    assert first > best == last


def test_a_value_that_is_no_number_is_never_the_best():
    record, objective = objective_of(QUADRATIC)
    with np.errstate(all="ignore"):
        objective(np.full(50, np.nan))
        objective(np.ones(50))
        objective(np.full(50, np.nan))
    gaps = gaps_of(QUADRATIC, record, 3)
    assert gaps[0] == np.inf and record.best == gaps[2] == record.values[1]


def test_the_problem_has_its_own_clock():
    record, objective = objective_of(Slow())
    began = time.perf_counter()
    objective(np.ones(50))
    objective(np.full(50, 1e-9))
    assert 0.01 <= record.seconds < 0.1
    first, _, last = arrivals_of(QUADRATIC, record, gaps_of(QUADRATIC, record, 3), began)
    assert first == last and (first.gradients, first.steps) == (2, 1)
    assert 0.005 <= first.problem_seconds < 0.05 and 0.0 < first.own_seconds < 0.005


def test_an_optimizer_sees_no_measure_and_no_minimum():
    _, objective = objective_of(QUADRATIC)
    shown = {name for name in dir(objective) if not name.startswith("_")}
    assert shown == {"budget", "gradients_per_step", "step_made", "steps_made"}


def test_noise_is_seen_and_the_truth_is_recorded_and_averaged():
    seen = []
    for seed in (1, 1, 2):
        record, objective = objective_of(Noisy(), budget=40, seed=seed)
        seen.append([objective(np.full(50, float(n)))[1] for n in range(40)])
    np.testing.assert_array_equal(seen[0], seen[1])
    assert not np.array_equal(seen[0], seen[2])
    truth = [QUADRATIC.value_and_gradient(np.full(50, float(n)))[0] for n in range(40)]
    assert record.values == truth
    gaps = gaps_of(Noisy(), record, 40)
    assert gaps[:3] == [1e-30, truth[1], truth[2]]  # too few yet for a mean
    assert gaps[3] == pytest.approx(np.mean(truth[:4]))
    assert gaps[39] == pytest.approx(np.mean(truth[36:]))


def test_steps_are_counted_by_the_method_or_told_by_the_guest():
    record, objective = objective_of(QUADRATIC, budget=6)
    objective.gradients_per_step = 2
    for _ in range(6):
        objective(np.ones(50))
    assert record.steps == [1, 1, 2, 2, 3, 3]
    record, objective = objective_of(QUADRATIC, budget=4)
    for _ in range(2):
        objective(np.ones(50))
        objective(np.ones(50))
        objective.step_made()
    assert record.steps == [1, 1, 2, 2]
