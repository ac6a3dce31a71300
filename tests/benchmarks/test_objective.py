"""Counting, timing and remembering, where the problem is evaluated."""

from __future__ import annotations

import time

import numpy as np
import pytest

from benchmarks.engine.objective import BudgetSpent, Objective, Record
from benchmarks.engine.row import SETTLED, arrivals_of, gaps_of, has_diverged
from benchmarks.problem import all_problems

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
    assert gaps[SETTLED - 1] == pytest.approx(np.mean(truth[:SETTLED]))
    assert gaps[39] == pytest.approx(np.mean(truth[-SETTLED:]))


def test_a_noisy_run_that_ends_early_stays_where_it_was():
    problem = Noisy()
    record, objective = objective_of(problem, budget=100)
    began = time.perf_counter()
    for scale in (3.0, 2.0, 1e-9):
        objective(np.full(50, scale))
    gaps = gaps_of(problem, record, 100)
    first, second, last = record.values
    assert len(gaps) == 100 and gaps[2] == first  # too few yet for a mean
    assert gaps[SETTLED - 1] == pytest.approx((first + second + (SETTLED - 2) * last) / SETTLED)
    assert gaps[-1] == pytest.approx(last, rel=1e-9)
    *_, arrived = arrivals_of(problem, record, gaps, began)
    assert (arrived.gradients, arrived.steps) == (SETTLED + 2, 1)


def test_a_line_search_that_is_cut_short_far_away_has_not_diverged():
    record, objective = objective_of(QUADRATIC, budget=7)
    for scale in (1.0, 0.9, 100.0):
        objective(np.full(50, scale))
    assert not has_diverged(QUADRATIC, record)
    for scale in (200.0, 300.0, 400.0, 500.0):
        objective(np.full(50, scale))
    assert has_diverged(QUADRATIC, record)


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
