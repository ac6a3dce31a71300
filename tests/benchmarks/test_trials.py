"""The search, told again from its rows."""

from __future__ import annotations

import math
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.engine.race import race
from benchmarks.report.packed import thinned
from benchmarks.report.trials import Trial, near, searches


def test_each_search_is_told_whole_and_in_its_order(small, runner):
    plan = small(specs=("momentum", "Adam"), trials=12)
    rows = list(race(plan, runner))
    told = searches(plan, rows[::-1])
    assert set(told) == {("quadratic", "momentum"), ("quadratic", "Adam")}
    for (_, name), trials in told.items():
        assert len(trials) == 12
        chosen = next(r for r in rows if r.optimizer == name and r.stage == "report")
        best = min(trials, key=lambda trial: trial.gap)
        assert dict(best.parameters) == chosen.parameters
        tuned = [row for row in rows if row.optimizer == name and row.stage == "tuning"]
        asked = [tuple(row.parameters.items()) for row in tuned]
        assert [trial.parameters for trial in trials] == asked


def test_an_unfinished_search_is_told_as_far_as_it_went(plan, runner):
    rows = list(race(plan, runner))
    first = [row for row in rows if row.stage == "tuning" and row.optimizer == "momentum"][:2]
    told = searches(plan, first)
    assert len(told["quadratic", "momentum"]) == 2
    assert told["quadratic", "L-BFGS-B"] == []


def test_near_is_a_share_of_the_trials():
    trials = [Trial((), gap) for gap in (1.0, 9.0, 11.0, math.inf)]
    assert near(trials) == pytest.approx(0.5)
    assert math.isnan(near([Trial((), math.inf)])) and math.isnan(near([]))


@given(st.lists(st.one_of(st.just(math.inf), st.floats(1e-9, 1e9)), max_size=200))
def test_the_trials_that_are_drawn_tell_the_best_so_far_exactly(gaps):
    trials = [Trial((), gap) for gap in gaps]
    places = thinned(trials, most=20)
    assert places == sorted(set(places)) and len(places) >= min(len(gaps), 20)
    best = list(accumulate(gaps, min))
    kept = iter(accumulate((gaps[place] for place in places), min))
    assert [best[place] for place in places] == list(kept)
    if len(gaps) <= 20:
        assert len(places) == len(gaps)
