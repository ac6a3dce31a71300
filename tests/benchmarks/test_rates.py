"""The rate that is measured is the one that the step's own theory gives."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.engine.cell import Cell, execute
from benchmarks.problem import all_problems
from benchmarks.report.rates import curvatures, measured, proven
from benchmarks.report.summary import summarize

PROBLEM = all_problems()["sum-squares"]
KAPPA = PROBLEM.smoothness / PROBLEM.convexity


def line_of(spec, budget=300, **parameters):
    cell = Cell("sum-squares", spec, "report", tuple(parameters.items()), seed=0, budget=budget)
    return summarize([execute(cell)])[0]


@pytest.mark.parametrize(
    ("spec", "parameters", "due"),
    [
        ("gradient descent", {"lr": 2 / 202}, ((KAPPA - 1) / (KAPPA + 1)) ** 2),
        (
            "momentum",
            {
                "lr": 4 / (math.sqrt(200) + math.sqrt(2)) ** 2,
                "momentum": ((math.sqrt(KAPPA) - 1) / (math.sqrt(KAPPA) + 1)) ** 2,
            },
            ((math.sqrt(KAPPA) - 1) / (math.sqrt(KAPPA) + 1)) ** 2,
        ),
        ("Nesterov", {"lr": 1 / 200, "momentum": (1 - 0.1) / (1 + 0.1)}, None),
        ("relativistic", {"lr": 3e-3, "momentum": 0.8, "delta": 1.0}, None),
    ],
)
def test_the_rate_of_the_curve_is_that_of_the_step(spec, parameters, due):
    line = line_of(spec, **parameters)
    theory = proven(PROBLEM, line)
    if due is not None:  # optimal tuning has a double root, which a difference sees to its root
        assert theory == pytest.approx(due, rel=1e-3)
    assert math.log(measured(PROBLEM, line, 300)) == pytest.approx(math.log(theory), rel=0.1)


def test_what_is_not_linear_at_rest_has_no_such_theory():
    line = line_of("Adam", lr=0.1, beta1=0.9, beta2=0.99)
    assert math.isnan(proven(PROBLEM, line))
    assert math.isnan(proven(PROBLEM, replace(line, kind="guest")))


def test_a_curve_that_is_too_short_has_no_rate():
    line = line_of("momentum", budget=5, lr=1e-3, momentum=0.5)
    assert math.isnan(measured(PROBLEM, line, 5))


def test_the_curvatures_are_those_of_the_problem():
    np.testing.assert_allclose(curvatures(PROBLEM), 2.0 * np.arange(1, 101), rtol=1e-12)
