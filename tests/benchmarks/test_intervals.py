"""Medians that are runs, intervals of what failed, and measures of what was not found."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.engine.cell import Cell, execute
from benchmarks.report.intervals import apart, may_lead, middle
from benchmarks.report.summary import summarize

GAPS = st.one_of(st.just(math.inf), st.floats(1e-60, 1e300))


@given(st.lists(GAPS, min_size=1, max_size=12))
def test_a_median_is_one_of_the_values_with_half_on_either_side(values):
    found = middle(values)
    assert found in values
    assert sum(v <= found for v in values) >= len(values) / 2
    assert sum(v >= found for v in values) >= len(values) / 2


@given(st.integers(2, 10), st.integers(0, 2**20))
def test_an_interval_holds_the_difference_of_medians(count, seed):
    rng = np.random.default_rng(seed)
    ours, theirs = 10.0 ** rng.normal(size=(2, count))
    low, high = apart(ours, theirs, paired=True)
    due = middle(np.log10(ours)) - middle(np.log10(theirs))
    assert low - 1e-12 <= due <= high + 1e-12


@given(st.integers(2, 6), st.floats(1e-60, 1e60))
def test_a_race_that_failed_is_infinitely_behind_one_that_did_not(count, gap):
    """However far apart finite gaps may be."""
    assert apart([math.inf] * count, [gap] * count, paired=True) == (math.inf, math.inf)
    assert apart([gap] * count, [math.inf] * count, paired=False) == (-math.inf, -math.inf)
    low, high = apart([1e-60] * count, [1e300] * count, paired=True)
    assert low == pytest.approx(-360.0) and high == pytest.approx(-360.0)
    assert not may_lead([math.inf] * count, [gap] * count)
    assert may_lead([gap] * count, [gap] * count)


def test_a_failed_run_measures_as_the_worst():
    """In a mean it is 0, in a median on the far side; never left out."""
    row = execute(Cell("ackley-bbi", "momentum", "report", (("lr", 1e-3), ("momentum", 0.9)), 0, 3))
    rows = [replace(row, seed=seed, measure=1.0) for seed in range(4)]
    failed = [*rows[:3], replace(rows[3], status="diverged")]
    missing = [*rows[:3], replace(rows[3], measure=None)]
    assert [summarize(each)[0].measure for each in (rows, failed, missing)] == [1.0, 0.75, 0.75]
    for problem, worst in (("booth", math.inf), ("digits-softmax", -math.inf)):
        rows = [replace(row, problem=problem, seed=seed, measure=0.5) for seed in range(3)]
        failed = [rows[0], *(replace(each, status="raised", measure=None) for each in rows[1:])]
        assert (summarize(rows)[0].measure, summarize(failed)[0].measure) == (0.5, worst)
