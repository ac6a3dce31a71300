"""The search is the same for everyone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks import tuning
from benchmarks.cell import Cell, execute
from benchmarks.contestants import enlist, the_field
from benchmarks.problem import all_problems
from benchmarks.quantity import STEP, Range
from benchmarks.row import Arrival


@pytest.mark.parametrize("dimension", [1, 2, 3, 4])
def test_points_spread_over_the_cube_and_then_over_a_box_in_it(dimension):
    points = tuning.spread((0.3,) * dimension, 1.0, 16)
    assert len(set(points)) == 16
    for axis in zip(*points, strict=True):
        assert 0.0 < min(axis) < 0.15 and 0.85 < max(axis) < 1.0
    for best in ((0.0,) * dimension, (0.6,) * dimension, (1.0,) * dimension):
        for point in tuning.spread(best, 0.3, 8):
            assert all(0.0 <= share <= 1.0 for share in point)
            assert all(abs(share - at) <= 0.3 for share, at in zip(point, best, strict=True))


@pytest.mark.parametrize("dimension", [1, 2, 3])
@pytest.mark.parametrize("side", [side for side, _ in tuning.ROUNDS[1:]])
def test_the_best_so_far_is_not_tried_again(dimension, side):
    best = (0.4,) * dimension
    points = tuning.spread(best, side, 8)
    assert len(set(points)) == 8
    assert all(max(abs(x - 0.4) for x in point) > side / 20 for point in points)


@pytest.mark.parametrize("trials", [1, 4, 5, 16, 24, 600])
@pytest.mark.parametrize("shape", [tuning.ROUNDS, tuning.FINE_ROUNDS])
def test_rounds_add_up_to_the_trials(trials, shape):
    assert sum(count for _, count in tuning.rounds(trials, shape)) == trials
    sides = [side for side, _ in tuning.rounds(trials, shape)]
    assert sides == sorted((side for side, _ in shape), reverse=True)
    assert sum(share for _, share in shape) == pytest.approx(1.0) and sides[0] == 1.0


def test_ranges_cover_what_they_say():
    assert Range(1e-5, 10.0).at(0.0) == 1e-5
    assert Range(1e-5, 10.0).at(0.5) == 0.01
    assert Range(0.5, 0.997, "complement").at(0.0) == 0.5
    assert Range(0.5, 0.997, "complement").at(1.0) == pytest.approx(0.997)
    assert Range(3, 30, "whole").at(1.0) == 30
    assert Range(-1.0, 3.0, "even").at(0.25) == 0.0


def test_a_quantity_has_one_range_for_the_whole_field():
    ranges = {}
    for contestant in the_field().values():
        for quantity in contestant.space.values():
            assert ranges.setdefault(quantity.name, quantity.range) == quantity.range


def test_a_problem_states_ranges_by_quantity_and_names_none_that_nobody_searches():
    problem = all_problems()["beale"]
    relativistic = enlist("relativistic")
    assert tuning.ranges_of(enlist("Nesterov"), problem)["lr"] == problem.ranges["step"]
    for name in ("delta", "momentum"):
        found = tuning.ranges_of(relativistic, problem)[name]
        assert found == relativistic.space[name].range
    assert tuning.ranges_of(enlist("Adam"), problem)["lr"] == enlist("Adam").space["lr"].range
    searched = {q.name for c in the_field().values() for q in c.space.values()}
    for problem in all_problems().values():
        assert {*problem.ranges, *problem.published_ranges} <= searched


def test_the_published_ranges_are_searched_only_by_the_published_rules():
    problem = all_problems()["beale"]
    for name, quantity in enlist("RGD").space.items():
        due = problem.published_ranges.get(quantity.name, quantity.range)
        assert tuning.ranges_of(enlist("RGD"), problem, published=True)[name] == due
    assert {"step", "momentum", "saturation"} == {*problem.published_ranges}


def test_every_step_is_searched_over_six_decades_wherever_it_is_searched():
    for problem in all_problems().values():
        step = problem.ranges.get("step", STEP.range)
        assert step.high / step.low == pytest.approx(1e6), problem.name


def test_a_failed_run_scores_worst_and_ties_go_to_the_earlier_arrival():
    contestant = enlist("momentum")
    chosen = tuning.parameters_at(
        tuning.ranges_of(contestant, all_problems()["quadratic"]), (0.5, 0.5)
    )
    row = execute(Cell("quadratic", "momentum", "tuning", chosen, seed=0, budget=5))
    ahead = replace(row, gap=1.0, arrivals=[None, None, Arrival(3, 3, 0.0, 0.0)])
    behind = replace(row, gap=1.0, arrivals=[None, None, Arrival(4, 4, 0.0, 0.0)])
    failed = replace(row, gap=0.5, status="diverged")
    assert tuning.score([ahead]) < tuning.score([behind]) < tuning.score([failed])
    assert tuning.score([ahead, failed]) == tuning.score([failed])
