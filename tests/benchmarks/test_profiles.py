"""Profiles and scores: what they must be for any costs, and one example by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from benchmarks.report import profiles

NEVER = math.inf
FACTORS = np.geomspace(1.0, 1e4, 41)

one_cost = st.one_of(st.floats(1e-3, 1e3), st.just(NEVER))
some_costs = arrays(float, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=one_cost)


@given(some_costs)
def test_profiles_rise_from_zero_to_one(costs):
    for profile in (profiles.performance_profile, profiles.data_profile):
        shares = profile(costs, FACTORS)
        assert shares.shape == (costs.shape[1], len(FACTORS))
        assert (shares >= 0.0).all() and (shares <= 1.0).all()
        assert (np.diff(shares, axis=1) >= 0.0).all()


@given(some_costs)
def test_every_solved_pair_has_somebody_who_was_best(costs):
    solved = np.isfinite(costs).any(axis=1).mean()
    assert profiles.performance_profile(costs, [1.0]).sum() >= solved - 1e-12


@given(some_costs, st.data())
def test_the_units_of_a_pair_do_not_matter(costs, data):
    powers = data.draw(arrays(int, len(costs), elements=st.integers(-8, 8)))
    scaled = costs * 2.0 ** powers[:, None]
    np.testing.assert_array_equal(profiles.ratios(scaled), profiles.ratios(costs))


@given(some_costs)
def test_what_was_never_reached_never_counts(costs):
    reached = np.isfinite(costs).mean(axis=0)
    for profile in (profiles.performance_profile, profiles.data_profile):
        last = profile(costs, [1e300, NEVER])[:, -1]
        np.testing.assert_allclose(last, reached)
    assert (profiles.credits(costs)[~np.isfinite(costs)] == 0.0).all()


@given(some_costs)
def test_the_score_is_the_area_under_the_profile(costs):
    logs = np.linspace(0.0, 1.0, 4001)
    shares = profiles.performance_profile(costs, profiles.WIDEST**logs)
    area = np.trapezoid(shares, logs, axis=1)
    told = profiles.scores(costs, range(len(costs)))
    np.testing.assert_allclose([score.area for score in told], area, atol=1e-3)
    for score in told:
        assert 0.0 <= score.low <= score.high <= 1.0


def test_three_pairs_by_hand():
    """Ratios 1, 2, 10; then 4, 1, none; the third pair nobody solved."""
    costs = np.array([[10.0, 20.0, 100.0], [40.0, 10.0, NEVER], [NEVER] * 3])
    shares = profiles.performance_profile(costs, [1.0, 2.0, 4.0, 10.0])
    np.testing.assert_allclose(3 * shares, [[1, 1, 2, 2], [1, 2, 2, 2], [0, 0, 0, 1]])
    solved = profiles.data_profile(costs / 50.0, [0.2, 0.5, 1.0, 2.0])
    np.testing.assert_allclose(3 * solved, [[1, 1, 2, 2], [1, 2, 2, 2], [0, 0, 0, 1]])
    earned = profiles.credits(costs)
    np.testing.assert_allclose(earned[:, 2], [0.5, 0.0, 0.0])
    np.testing.assert_allclose(earned[1, 0], 1.0 - math.log(4) / math.log(100))


def test_a_method_that_always_wins_has_a_group_of_its_own():
    rng = np.random.default_rng(0)
    costs = rng.uniform(10.0, 20.0, (20, 4))
    costs[:, 2] = 1.0
    told = profiles.scores(costs, [place // 2 for place in range(20)])
    assert [score.group for score in told] == [2, 2, 1, 2]
    assert told[2].area == told[2].low == told[2].high == 1.0


def test_one_problem_cannot_part_two_that_share_it():
    """One wins by far on one problem, the other on the other: the data do not decide."""
    told = profiles.scores(np.array([[1.0, 50.0], [50.0, 1.0]]), ["a", "b"])
    assert [score.group for score in told] == [1, 1]


def test_resamples_are_even_and_always_the_same():
    drawn = profiles.resamples(7)
    assert drawn.shape == (profiles.RESAMPLES, 7)
    counts = np.bincount(drawn.ravel(), minlength=7)
    assert counts == pytest.approx(profiles.RESAMPLES, rel=0.1)
    np.testing.assert_array_equal(drawn, profiles.resamples(7))


@given(some_costs, st.data())
def test_the_distance_to_a_leader_is_that_of_the_scores(costs, data):
    owners = [row // 2 for row in range(len(costs))]
    leader = data.draw(st.integers(0, costs.shape[1] - 1))
    told = profiles.scores(costs, owners)
    apart = profiles.behind(costs, owners, leader)
    for its, (gap, low, high) in zip(told, apart, strict=True):
        assert gap == pytest.approx(told[leader].area - its.area, abs=1e-12)
        assert low <= high
    assert apart[leader] == (0.0, 0.0, 0.0)
