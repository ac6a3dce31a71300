"""A race small enough for a test: one cheap problem, two contestants, a few runs."""

from __future__ import annotations

import csv
import io

import pytest

from benchmarks.engine.plan import FIRST_TUNING_SEED, Plan, seeds
from benchmarks.engine.runner import Runner
from benchmarks.engine.store import Store
from benchmarks.problem import all_problems
from benchmarks.report.results import curves, in_order, results


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "cells")


@pytest.fixture
def plan():
    return small_plan()


@pytest.fixture
def runner(store):
    return Runner(store)


def small_plan(specs=("momentum", "L-BFGS-B"), problems=("quadratic",), report_seeds=2, **changes):
    settings = {"trials": 4, "tuning_seeds": seeds(1, FIRST_TUNING_SEED), "budget": 20} | changes
    chosen = [all_problems()[name] for name in problems]
    return Plan(chosen, list(specs), report_seeds=seeds(report_seeds), **settings)


@pytest.fixture
def small():
    return small_plan


@pytest.fixture
def user_file(tmp_path):
    """Write a user's file and give the word that names the class in it."""

    def write(body, name="Mine"):
        path = tmp_path / "mine.py"
        path.write_text(f"import hermosis as hm\n\n{body}\n", encoding="utf-8")
        return f"{path}:{name}"

    return write


@pytest.fixture
def untimed():
    """What two races of one plan agree in: everything but the seconds, as it is written."""

    def text(rows, plan):
        rows = in_order(rows)
        written = results(rows, {problem.name: problem.targets for problem in plan.problems})
        return without_seconds(written.decode()), curves(rows)

    return text


def without_seconds(written):
    """The lines of a results.csv without the columns that hold times."""
    head, *lines = csv.reader(io.StringIO(written, newline=""))
    kept = [n for n, name in enumerate(head) if "seconds" not in name]
    return [[line[n] for n in kept] for line in (head, *lines)]
