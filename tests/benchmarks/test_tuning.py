"""The search is the same for everyone."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from scipy.stats import qmc

from benchmarks.engine import tuning
from benchmarks.engine.cell import Cell, execute
from benchmarks.engine.contestants import enlist, the_field
from benchmarks.engine.quantity import STEP, Range
from benchmarks.engine.row import Arrival
from benchmarks.problem import all_problems
from benchmarks.published.parzen import Parzen

NARROWING = tuning.Narrowing()


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
@pytest.mark.parametrize("side", [turn.side for turn in NARROWING.rounds(24)[1:]])
def test_the_best_so_far_is_not_tried_again(dimension, side):
    best = (0.4,) * dimension
    points = tuning.spread(best, side, 8)
    assert len(set(points)) == 8
    assert all(max(abs(x - 0.4) for x in point) > side / 20 for point in points)


@pytest.mark.parametrize("trials", [1, 4, 5, 16, 24, 100])
@pytest.mark.parametrize("search", [NARROWING, Parzen()])
def test_a_search_spends_its_trials_and_no_more(search, trials):
    turns = search.rounds(trials)
    assert sum(turn.trials for turn in turns) == trials
    assert [turn.side for turn in turns] == sorted((turn.side for turn in turns), reverse=True)
    assert turns[0].side == 1.0
    tried = played(search, trials)
    assert [len(points) for points in tried] == [t.trials for t in turns if t.trials]
    points = [point for points in tried for point in points]
    assert len(set(points)) == trials
    assert all(0.0 <= share <= 1.0 for point in points for share in point)


def test_a_search_says_what_it_does():
    said = NARROWING.words(18)
    assert said.startswith("9 of the trials are spread evenly")
    assert "boxes of 30%, 10%, 3% of their sides" in said
    assert NARROWING.words(1).startswith("1 of the trials") and "boxes" not in NARROWING.words(1)
    assert "16 points at a time" in Parzen().words(18)


def played(search: tuning.Search, trials: int) -> list[list[tuning.Point]]:
    """The rounds of a search for the middle of a valley; a part of the square fails."""
    if isinstance(search, Parzen):
        pytest.importorskip("optuna", reason="Optuna is an extra")
    asked = search.points(2, trials)
    rounds = [tuning.next_points(asked)]
    while rounds[-1]:
        scores = {point: valley(point) for point in rounds[-1]}
        rounds.append(tuning.next_points(asked, scores))
    return rounds[:-1]


def valley(point: tuning.Point) -> tuning.Score:
    x, y = point
    return (math.inf,) if x + y > 1.5 else (1e-3 + (x - 0.61) ** 2 + (y - 0.37 * x) ** 2,)


@pytest.mark.parametrize("search", [NARROWING, Parzen(), Parzen(seed=1)])
def test_a_search_comes_closer_and_repeats_itself(search):
    tried = played(search, 240)
    assert tried == played(search, 240)
    best = min(valley(point) for points in tried for point in points)
    blind = qmc.Halton(2, rng=0).random(240)
    assert best < min(valley(tuple(map(float, point))) for point in blind)


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
