"""What the command line asks for, in words and numbers."""

from __future__ import annotations

import pytest

from benchmarks.engine.cluster import Cluster
from benchmarks.engine.command import Command
from benchmarks.engine.places import Here, Processes
from benchmarks.problem import all_problems


def planned(*words):
    command = Command(words)
    return command.plan(command.problems)


def test_quick_is_what_is_meant_unless_told():
    quick, said, full = planned(), planned("--quick"), planned("--full")
    assert quick == said
    assert (quick.trials, len(quick.report_seeds), quick.quick) == (18, 3, True)
    assert (full.trials, len(full.report_seeds), full.budget) == (60, 10, None)
    assert len(full.tuning_seeds) == 2 and full.cells > quick.cells


def test_numbers_take_the_place_of_the_usual_ones():
    plan = planned("--full", "--trials", "7", "--seeds", "4", "--budget", "33")
    assert (plan.trials, plan.report_seeds, plan.budget) == (7, (0, 1, 2, 3), 33)


@pytest.mark.parametrize("words", [["real"], ["rgd"], ["booth", "convex"], ["all"], []])
def test_words_are_suites_tags_or_names(words):
    found = planned(*words).problems
    due = [
        problem
        for problem in all_problems().values()
        if not {*words} - {"all"}
        or problem.name in words
        or {*words} & {*problem.tags}
        or ("convex" in words and problem.convexity is not None)
    ]
    assert found == due and found


def test_problems_and_options_may_stand_in_any_order():
    mixed = Command(["booth", "--optimizer", "momentum", "beale", "--jobs", "1"])
    assert [problem.name for problem in mixed.problems] == ["beale", "booth"]
    assert list(mixed.specs) == ["momentum"]


def test_a_place_is_chosen_by_the_number_of_processes():
    assert isinstance(Command(["--jobs", "1"]).place(), Here)
    place = Command(["--jobs", "3"]).place()
    assert isinstance(place, Processes) and place.at_once == 3


def test_an_address_means_a_cluster(monkeypatch):
    asked = []
    monkeypatch.setattr(Cluster, "__init__", lambda self, address: asked.append(address))
    assert isinstance(Command(["--dask", "tcp://192.0.2.1:8786"]).place(), Cluster)
    assert asked == ["tcp://192.0.2.1:8786"]
