"""Noise in the gradients: right on average, and of the covariance that is stated."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.engine.cell import Cell, execute, instance
from benchmarks.engine.contestants import enlist
from benchmarks.engine.objective import BudgetSpent, Objective, Record
from benchmarks.engine.row import SETTLED
from benchmarks.problem import all_problems

NOISY = [name for name, p in all_problems().items() if p.noisy]
DRAWS = 20_000


@pytest.mark.parametrize("name", NOISY)
def test_the_noise_has_mean_zero_and_the_stated_covariance(name):
    problem, w = instance(name, 3)
    value, gradient = problem.value_and_gradient(w)
    rng = np.random.default_rng(5)
    told = [problem.seen(w, value, gradient, rng) for _ in range(DRAWS)]
    noise = np.array([seen_gradient for _, seen_gradient in told]) - gradient
    root = np.linalg.cholesky(problem.covariance(w))
    white = np.linalg.solve(root, noise.T)  # of covariance 1, if the stated one is right
    assert np.abs(white.mean(axis=1)).max() < 5.0 / np.sqrt(DRAWS)
    spread = np.abs(np.cov(white) - np.eye(w.size)).max()
    # Five standard errors of normal numbers; without fourth moments there is no standard error.
    assert spread < (0.2 if name == "noisy-quadratic-heavy" else 5.0 * np.sqrt(2.0 / DRAWS))
    errors = np.array([seen_value for seen_value, _ in told]) - value
    assert abs(errors.mean()) < 5.0 * errors.std() / np.sqrt(DRAWS)
    assert errors.std() > 0.0


@pytest.mark.parametrize("name", NOISY)
def test_the_seen_gradient_is_that_of_the_seen_value(name):
    problem, w = instance(name, 3)
    along = np.random.default_rng(6).standard_normal(w.size)
    step = 1e-5 / np.linalg.norm(along)

    def seen(w):
        return problem.seen(w, *problem.value_and_gradient(w), np.random.default_rng(7))

    slope = (seen(w + step * along)[0] - seen(w - step * along)[0]) / (2.0 * step)
    assert slope == pytest.approx(seen(w)[1] @ along, rel=1e-8)
    assert slope != pytest.approx(problem.value_and_gradient(w)[1] @ along, rel=1e-6)


@pytest.mark.parametrize("shape", ["isotropic", "hessian", "crossed", "heavy"])
def test_noise_on_the_quadratic_is_as_strong_in_every_shape(shape):
    problem, w = instance(f"noisy-quadratic-{shape}", 3)
    covariance = problem.covariance(w)
    assert np.trace(covariance) == pytest.approx(10.0)
    along = {"hessian": problem.matrix, "crossed": np.linalg.inv(problem.matrix)}
    due = along.get(shape, np.eye(10))
    np.testing.assert_allclose(covariance, due * 10.0 / np.trace(due), atol=1e-12)


def test_under_noise_a_run_is_measured_where_it_ends_and_not_at_its_luckiest_point():
    """Large steps hover about the bottom, and pass it closely now and then."""
    name, chosen = "noisy-quadratic-isotropic", (("lr", 0.2),)
    problem, start = instance(name, 0)
    row = execute(Cell(name, "gradient descent", "report", chosen, 0, 400))
    record = Record(start)
    minimizer = enlist("gradient descent").prepare(dict(chosen), start)
    with pytest.raises(BudgetSpent):
        minimizer(Objective(problem, record, 400, 0))
    assert row.measure == pytest.approx(problem.measure(problem, record.last_w), rel=1e-12)
    assert row.loss == pytest.approx(np.mean(record.values[-SETTLED:]), rel=1e-9)
    assert row.measure > 1.5 * problem.measure(problem, record.best_w)
    assert row.loss > 2.0 * record.best
