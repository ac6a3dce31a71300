"""The problems' gradients, minima and measures, against what we did not write."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from scipy import optimize, sparse
from scipy.sparse.linalg import svds

from benchmarks.engine.cell import PUBLISHED, instance
from benchmarks.engine.check import wrong_gradient
from benchmarks.engine.parameters import copy, leaves, ravel, unravel
from benchmarks.errors import UnknownProblem
from benchmarks.families.logistic import LogisticRegression
from benchmarks.families.softmax import SoftmaxRegression
from benchmarks.measures.distance import Distance
from benchmarks.measures.success import Success
from benchmarks.problem import all_problems, select_problems

from .formulas import LOSSES

NAMES = list(all_problems())


def start(name, seed=3):
    return instance(name, seed)[1]


def slope_at(problem, vector, like):
    return ravel(problem.value_and_gradient(unravel(vector, like))[1])


def as_vector_function(name):
    problem, like = instance(name, 3)

    def fun(vector):
        value, gradient = problem.value_and_gradient(unravel(vector, like))
        return value, ravel(gradient)

    return fun


@pytest.mark.parametrize("name", NAMES)
def test_gradient_agrees_with_differences_along_random_directions(name):
    assert wrong_gradient(all_problems()[name], seed=3) == ""


@pytest.mark.parametrize("name", NAMES)
def test_value_and_gradient_agree_with_pytorch(name):
    problem, w = instance(name, 3)
    tensors = [torch.tensor(part, requires_grad=True) for part in leaves(w)]
    there = dict(zip(w, tensors, strict=True)) if isinstance(w, dict) else tensors[0]
    loss = LOSSES[name](there)
    loss.backward()
    value, gradient = problem.value_and_gradient(w)
    assert value == pytest.approx(loss.item(), rel=1e-12)
    for ours, theirs in zip(leaves(gradient), tensors, strict=True):
        wide = 1e-12 * float(theirs.grad.abs().max())
        np.testing.assert_allclose(ours, theirs.grad.numpy(), rtol=1e-9, atol=wide)


CONVEX_ON_ROWS = [
    name for name, p in all_problems().items() if hasattr(p, "split") and p.minimum is not None
]


@pytest.mark.parametrize("name", CONVEX_ON_ROWS)
def test_the_stated_minimum_is_where_scipy_ends(name):
    result = optimize.minimize(
        as_vector_function(name),
        ravel(start(name)),
        jac=True,
        method="L-BFGS-B",
        options={"maxcor": 60, "maxiter": 10_000, "maxfun": 10_000, "ftol": 0.0, "gtol": 1e-9},
    )
    minimum = all_problems()[name].minimum
    assert minimum - 1e-14 <= result.fun <= minimum + 1e-12


WITH_MINIMIZERS = [name for name, p in all_problems().items() if hasattr(p, "minimizers")]


@pytest.mark.parametrize("name", WITH_MINIMIZERS)
def test_the_stated_minimizers_have_no_slope_and_the_least_loss(name):
    problem, w = instance(name, 3)
    for point in np.atleast_2d(problem.minimizers):
        at = np.broadcast_to(point, np.shape(w)).astype(float)
        value, gradient = problem.value_and_gradient(at)
        assert value == pytest.approx(problem.minimum, abs=1e-12)
        assert np.linalg.norm(gradient) <= 1e-6 * (1.0 + np.linalg.norm(at))
        if isinstance(problem.measure, Distance):
            assert problem.measure(problem, at) <= 1e-12
        if isinstance(problem.measure, Success):
            assert problem.measure(problem, at) == 1.0


WITH_CRITICAL_POINTS = [
    name for name, p in all_problems().items() if getattr(p, "critical_points", ())
]


def test_landscapes_are_those_with_known_critical_points():
    assert {p.name for p in select_problems(["landscapes"])} <= {*WITH_CRITICAL_POINTS}


@pytest.mark.parametrize("problem", select_problems(["real"]), ids=lambda problem: problem.name)
def test_real_data_state_who_when_and_under_which_licence(problem):
    assert re.search(r"\b(19|20)\d\d\b", problem.data)
    assert re.search(r"CC BY|PSF licence|no licence", problem.data)


def test_the_published_start_has_nothing_to_do_with_what_is_to_be_found():
    """Matrix completion: neither factor of the truth lies along one of the start."""
    problem, begun = instance("matrix-completion", PUBLISHED)
    for factor, space in ((begun[0], problem.truth), (begun[1], problem.truth.T)):
        directions, *_ = np.linalg.svd(space)
        share = np.linalg.norm(directions[:, :5].T @ factor) / np.linalg.norm(factor)
        assert share < 0.4  # by chance √(5/100) = 0.22; 1 for the factors themselves
    again, same = instance("matrix-completion", PUBLISHED)
    assert np.array_equal(again.truth, problem.truth) and np.array_equal(same, begun)


@pytest.mark.parametrize("name", WITH_CRITICAL_POINTS)
def test_the_stated_critical_points_have_no_slope_and_curve_as_they_should(name):
    problem, w = instance(name, 3)
    for point, kind in problem.critical_points:
        at = np.broadcast_to(point, np.shape(w)).astype(float)
        value, gradient = problem.value_and_gradient(at)
        np.testing.assert_allclose(gradient, 0.0, atol=1e-10)
        hessian = torch.autograd.functional.hessian(LOSSES[name], torch.tensor(at)).numpy()
        least, *_, greatest = np.linalg.eigvalsh(hessian)
        rounding = 1e-12 * (abs(least) + abs(greatest))
        due = {
            "minimum": -rounding <= least,  # flat minima too
            "saddle": least < -rounding < rounding < greatest,
            "maximum": greatest < -rounding,
        }
        assert due[kind], (point, least, greatest)
        assert problem.gap(value) >= problem.floor


CLASSIFIERS = (LogisticRegression, SoftmaxRegression)
CONVEX = [name for name, p in all_problems().items() if p.smoothness is not None]
LINEAR = [name for name in CONVEX if isinstance(all_problems()[name], CLASSIFIERS)]
QUADRATIC = [name for name, p in all_problems().items() if p.quadratic]


def test_a_problem_of_known_curvature_is_a_quadratic_or_a_linear_classifier():
    assert sorted(CONVEX) == sorted([*LINEAR, *QUADRATIC])
    assert all(all_problems()[name].convexity > 0.0 for name in CONVEX)


@pytest.mark.parametrize("name", LINEAR)
def test_the_stated_bounds_are_those_of_the_data(name):
    """¼ or ½ of the greatest eigenvalue of the features' second moments, and the ridge."""
    problem = all_problems()[name]
    rows = problem.split().train
    ones = np.ones((rows.shape[0], 1))
    whole = sparse.hstack([rows, ones]) if sparse.issparse(rows) else np.hstack([rows, ones])
    (width,) = svds(whole, k=1, return_singular_vectors=False, v0=np.ones(min(whole.shape)))
    share = 0.25 if isinstance(problem, LogisticRegression) else 0.5
    due = share * width**2 / rows.shape[0] + problem.ridge
    assert due <= problem.smoothness <= due * (1 + 1e-5)
    assert problem.convexity == problem.ridge


@pytest.mark.parametrize("name", ["breast-cancer", "wine-softmax"])
@pytest.mark.parametrize("seed", [0, 1])
def test_no_curvature_is_outside_the_stated_bounds(name, seed):
    """By differences of the gradient, at the start and near the least loss."""
    problem, start = instance(name, seed)
    for at in (ravel(start), 0.01 * ravel(start)):
        units = 1e-5 * np.eye(at.size)
        ahead, behind = (
            np.array([slope_at(problem, at + sign * unit, start) for unit in units])
            for sign in (1.0, -1.0)
        )
        hessian = (ahead - behind) / 2e-5
        least, *_, greatest = np.linalg.eigvalsh(0.5 * (hessian + hessian.T))
        assert problem.convexity - 1e-7 <= least <= greatest <= problem.smoothness + 1e-7


@pytest.mark.parametrize("name", QUADRATIC)
def test_the_stated_curvatures_are_those_of_the_quadratic(name):
    problem, w = instance(name, 3)
    rest = problem.value_and_gradient(np.zeros_like(w))[1]
    hessian = np.array([problem.value_and_gradient(row)[1] - rest for row in np.eye(w.size)])
    least, *_, greatest = np.linalg.eigvalsh(hessian)
    if name == "random-quadratic":  # drawn between the two
        assert problem.convexity <= least < 0.1 and 9.9 < greatest <= problem.smoothness
    else:
        assert least == pytest.approx(problem.convexity, rel=1e-4)
        assert greatest == pytest.approx(problem.smoothness, rel=1e-4)


def test_a_wrong_gradient_is_told_in_words(monkeypatch):
    problem = all_problems()["quadratic"]
    real = problem.value_and_gradient
    for wrong, words in (
        (lambda w: (real(w)[0], 1.01 * real(w)[1]), "its gradient says a slope of .* differences"),
        (lambda w: (real(w)[0], real(w)[1][:-1]), "49 numbers where the parameters have 50"),
        (lambda w: (np.nan, real(w)[1]), "not finite at the start"),
        (lambda w: 1 / 0, "fails at the start: ZeroDivisionError"),
    ):
        monkeypatch.setattr(problem, "value_and_gradient", wrong)
        assert re.search(words, wrong_gradient(problem))


def test_rosenbrock_is_scipys():
    w = start("rosenbrock-100")
    value, gradient = all_problems()["rosenbrock-100"].value_and_gradient(w)
    assert value == pytest.approx(optimize.rosen(w), rel=1e-14)
    np.testing.assert_allclose(gradient, optimize.rosen_der(w), rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_a_start_belongs_to_its_seed_and_stays_untouched(name):
    w = start(name)
    before = copy(w)
    instance(name, 3)[0].value_and_gradient(w)
    np.testing.assert_array_equal(ravel(w), ravel(before))
    np.testing.assert_array_equal(ravel(w), ravel(start(name)))
    assert not np.array_equal(ravel(w), ravel(start(name, seed=4)))


@pytest.mark.parametrize("name", NAMES)
def test_a_problem_says_what_the_page_needs(name):
    problem, w = instance(name, 3)
    assert problem.summary.endswith(".") and problem.data
    assert problem.tags[0] in ("rgd", "family", "real", "landscapes", "noise")
    assert problem.measure.name and problem.measure.better in ("lower", "higher")
    assert np.isfinite(problem.measure(problem, w))
    assert problem.targets[0] > problem.targets[1] > problem.targets[2] >= problem.floor
    assert "class " in problem.source()


@pytest.mark.parametrize("name", NAMES)
def test_no_start_meets_a_target(name):
    for seed in range(20):
        problem, w = instance(name, seed)
        assert problem.gap(problem.value_and_gradient(w)[0]) > problem.targets[0]


def test_words_choose_problems_by_name_and_by_tag():
    assert [p.name for p in select_problems(["digits"])] == ["digits-mlp", "digits-softmax"]
    assert [p.name for p in select_problems(["quadratic"])] == ["quadratic"]
    assert [p.name for p in select_problems([])] == NAMES
    assert [p.name for p in select_problems(["all"])] == NAMES
    assert len(select_problems(["rgd"])) == 16
    with pytest.raises(UnknownProblem, match="no problem is called 'digit'.*digits-mlp.*real"):
        select_problems(["digit"])


def test_nested_parameters_go_to_a_vector_and_back():
    w = {"a": [np.ones((2, 3)), (np.zeros(()), np.arange(4.0))]}
    back = unravel(ravel(w), w)
    assert isinstance(back["a"][1], tuple) and back["a"][1][0].shape == ()
    np.testing.assert_array_equal(ravel(back), ravel(w))
