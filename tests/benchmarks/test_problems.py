"""The problems' gradients, minima and measures, against what we did not write."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import optimize

from benchmarks import data
from benchmarks.errors import UnknownProblem
from benchmarks.parameters import copy, leaves, ravel, unravel
from benchmarks.problem import all_problems, select_problems

NAMES = list(all_problems())


def start(name, seed=3):
    return all_problems()[name].start(np.random.default_rng(seed))


def as_vector_function(name):
    problem, like = all_problems()[name], start(name)

    def fun(vector):
        value, gradient = problem.value_and_gradient(unravel(vector, like))
        return value, ravel(gradient)

    return fun


def torch_losses():
    torch = pytest.importorskip("torch")
    nn = torch.nn.functional
    digits, tumours = data.digits(), data.breast_cancer()
    pixels, labels = torch.tensor(digits.train), torch.tensor(digits.train_labels)
    rows = torch.tensor(tumours.train)
    signs = torch.tensor(tumours.train_labels).double()
    indices = torch.arange(50.0, dtype=torch.float64)
    matrix = 0.95 ** (indices[:, None] - indices[None, :]).abs()

    def softmax(w):
        ridge = 0.5e-3 * sum((part**2).sum() for part in w.values())
        return nn.cross_entropy(pixels @ w["weights"] + w["bias"], labels) + ridge

    def convolution(w):
        images = pixels[:360].reshape(-1, 1, 8, 8)
        found = torch.tanh(nn.conv2d(images, w["kernels"], w["kernel_bias"], padding=1))
        flat = nn.avg_pool2d(found, 2).reshape(len(images), -1)
        return nn.cross_entropy(flat @ w["outward"] + w["bias"], labels[:360])

    def mlp(w):
        units = torch.tanh(pixels @ w["inward"] + w["hidden_bias"])
        return nn.cross_entropy(units @ w["outward"] + w["bias"], labels)

    def logistic(w):
        scores = rows @ w[:-1] + w[-1]
        return nn.binary_cross_entropy_with_logits(scores, signs) + 0.5e-3 * (w**2).sum()

    return {
        "breast-cancer": logistic,
        "digits-convolution": convolution,
        "digits-mlp": mlp,
        "digits-softmax": softmax,
        "quadratic": lambda w: 0.5 * w @ matrix @ w,
        "rosenbrock-100": lambda w: (100 * (w[1:] - w[:-1] ** 2) ** 2 + (1 - w[:-1]) ** 2).sum(),
    }


@pytest.mark.parametrize("name", NAMES)
def test_gradient_agrees_with_differences_along_random_directions(name):
    fun = as_vector_function(name)
    rng = np.random.default_rng(11)
    at = ravel(start(name))
    for _ in range(3):
        along = rng.standard_normal(at.size) / np.sqrt(at.size)
        h = 1e-5
        difference = (fun(at + h * along)[0] - fun(at - h * along)[0]) / (2 * h)
        scale = np.linalg.norm(fun(at)[1])
        assert fun(at)[1] @ along == pytest.approx(difference, abs=1e-7 * (1 + scale))


@pytest.mark.parametrize("name", NAMES)
def test_value_and_gradient_agree_with_pytorch(name):
    torch = pytest.importorskip("torch")
    w = start(name)
    tensors = [torch.tensor(part, requires_grad=True) for part in leaves(w)]
    there = dict(zip(w, tensors, strict=True)) if isinstance(w, dict) else tensors[0]
    loss = torch_losses()[name](there)
    loss.backward()
    value, gradient = all_problems()[name].value_and_gradient(w)
    assert value == pytest.approx(loss.item(), rel=1e-13)
    for ours, theirs in zip(leaves(gradient), tensors, strict=True):
        np.testing.assert_allclose(ours, theirs.grad.numpy(), rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("name", ["breast-cancer", "digits-softmax"])
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


def test_formulas_have_their_minimum_at_zero():
    assert all_problems()["rosenbrock-100"].value_and_gradient(np.ones(100))[0] == 0.0
    assert all_problems()["quadratic"].value_and_gradient(np.zeros(50))[0] == 0.0


def test_rosenbrock_is_scipys():
    w = start("rosenbrock-100")
    value, gradient = all_problems()["rosenbrock-100"].value_and_gradient(w)
    assert value == pytest.approx(optimize.rosen(w), rel=1e-14)
    np.testing.assert_allclose(gradient, optimize.rosen_der(w), rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_a_start_belongs_to_its_seed_and_stays_untouched(name):
    w = start(name)
    before = copy(w)
    all_problems()[name].value_and_gradient(w)
    np.testing.assert_array_equal(ravel(w), ravel(before))
    np.testing.assert_array_equal(ravel(w), ravel(start(name)))
    assert not np.array_equal(ravel(w), ravel(start(name, seed=4)))


@pytest.mark.parametrize("name", NAMES)
def test_a_problem_says_what_the_page_needs(name):
    problem = all_problems()[name]
    assert problem.summary.endswith(".") and problem.data and problem.measure_name
    assert np.isfinite(problem.measure(start(name)))
    assert "class " in problem.source()


def test_training_and_test_rows_do_not_meet():
    split = data.digits()
    assert len(split.train) == 1438 and len(split.test) == 359
    assert split.train.max() == 1.0
    rows = {row.tobytes() for row in split.train}
    assert not any(row.tobytes() in rows for row in split.test)


def test_words_choose_problems_by_name_and_by_tag():
    assert [p.name for p in select_problems(["digits"])] == ["digits-mlp", "digits-softmax"]
    assert [p.name for p in select_problems(["quadratic"])] == ["quadratic"]
    assert [p.name for p in select_problems([])] == NAMES
    with pytest.raises(UnknownProblem, match="no problem is called 'digit'.*digits-mlp.*real"):
        select_problems(["digit"])


def test_nested_parameters_go_to_a_vector_and_back():
    w = {"a": [np.ones((2, 3)), (np.zeros(()), np.arange(4.0))]}
    back = unravel(ravel(w), w)
    assert isinstance(back["a"][1], tuple) and back["a"][1][0].shape == ()
    np.testing.assert_array_equal(ravel(back), ravel(w))
