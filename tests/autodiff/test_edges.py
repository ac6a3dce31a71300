"""The edges of derivatives: order of dicts, lists, axes, aliasing, rules that fail, pickles."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hermosis as hm
from hermosis import autodiff as ad
from hermosis.errors import HyperparameterError, SeedError, ShapeError, StructureError


def test_vectors_of_another_order_of_keys() -> None:
    fun = lambda w: 3 * w["a"] + 5 * w["b"]  # noqa: E731
    w, v = {"a": 1.0, "b": 1.0}, {"b": 1.0, "a": 0.0}
    assert ad.jvp(fun)(w, v) == 5.0
    both = lambda x: {"a": 3 * x, "b": 5 * x}  # noqa: E731
    assert ad.vjp(both)(1.0, v) == 5.0


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (lambda x: ad.sum(x / [1.0, 2.0]), lambda x: (x / [1.0, 2.0]).sum()),
        (lambda x: ad.sum(ad.power(x, [2.0, 3.0])), lambda x: (x ** np.array([2.0, 3.0])).sum()),
        (lambda x: x @ [1.0, 2.0], lambda x: x @ [1.0, 2.0]),
        (lambda x: ad.sum(ad.concatenate([x, [3.0]]) ** 2), lambda x: (x**2).sum() + 9),
        (lambda x: ad.mse(x, [0.0, 1.0]), lambda x: ((x - [0.0, 1.0]) ** 2).mean()),
        (lambda x: ad.sum(x[[0, 0]]), lambda x: 2 * x[0]),
    ],
)
def test_lists_are_arrays(ours: Any, theirs: Any) -> None:
    x = np.array([0.5, 1.5])
    assert ad.value_and_grad(ours)(x)[0] == pytest.approx(theirs(x), rel=1e-12)
    h = 1e-6
    due = [(theirs(x + h * u) - theirs(x - h * u)) / (2 * h) for u in np.eye(2)]
    np.testing.assert_allclose(ad.grad(ours)(x), due, rtol=1e-7)
    assert ad.mean([1.0, 2.0]) == 1.5 and ad.ravel(2.0).shape == (1,)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: ad.softmax(x, 2), lambda x: ad.sum(x, (0, 0)), lambda x: ad.max(x, -3),
        lambda x: ad.transpose(x, (0, 3)), lambda x: ad.swapaxes(x, 0, 5),
        lambda x: ad.expand_dims(x, 5), lambda x: ad.expand_dims(x, (0, 0)),
        lambda x: ad.squeeze(x, 2), lambda x: ad.pad(x, ((1, 1),) * 3), lambda x: ad.take(x, 9),
        lambda x: ad.windows(x, 1, stride=0), lambda x: ad.broadcast_to(x, (3,)),
        lambda x: ad.dot(x, np.ones((1, 3, 1))), lambda x: ad.dense(x, np.ones((3, 2)), np.ones(1)),
        lambda x: ad.take_along_axis(x, [0, 1]), lambda x: ad.take_along_axis(x, np.ones((2, 1))),
        lambda x: ad.take_along_axis(x, [[0], [0], [0]]), lambda x: ad.take_along_axis(x, [[5]]),
        lambda x: ad.cross_entropy(np.ones((0, 3)), np.ones(0, int)),
        lambda x: ad.cross_entropy(x, [0, 3]), lambda x: ad.cross_entropy(x, [0, -1]),
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_shape_error(call: Any) -> None:
    for x in (np.ones((2, 3)), ad.Parameter(np.ones((2, 3)))):
        with pytest.raises(ShapeError):
            call(x)


def test_axes_as_numpy_has_them() -> None:
    x = np.arange(6.0).reshape(2, 3)
    for axis in (np.int64(1), [0, 1], -1, (1, -2)):
        due = np.sum(x, tuple(axis) if isinstance(axis, list) else axis)
        np.testing.assert_allclose(ad.sum(ad.Parameter(x), axis).value, due)
        assert ad.grad(lambda x, a=axis: ad.sum(ad.mean(x, a)))(x).shape == x.shape
    np.testing.assert_array_equal(ad.pad(x, 1), np.pad(x, 1))
    assert ad.grad(lambda x: ad.sum(np.pad(x, 1) ** 2))(x)[1, 2] == 10.0
    with pytest.raises(HyperparameterError, match="embedding of 2 rows go from 0 to 2"):
        ad.embedding(x, [0, 2])


@pytest.mark.parametrize("size", [3, 10_000])
def test_gradients_belong_to_the_caller(size: int) -> None:
    w = [np.ones(size), np.ones(size)]
    first, second = ad.grad(lambda w: ad.sum(w[0] + w[1]))(w)
    first *= 0.0
    assert (second == 1.0).all()
    u = np.ones(size)
    assert ad.vjp(lambda x: x)(w[0], u) is not u and ad.jvp(lambda x: x)(w[0], u) is not u


def test_what_is_detached_cannot_be_written_to() -> None:
    p = ad.Parameter([1.0, 2.0])
    for seen in (ad.detach(ad.exp(p)), ad.exp(p).detach(), p.detach(), ad.detach(p)):
        with pytest.raises(ValueError, match="read-only"):
            seen[0] = 0.0


def test_a_conversion_to_whole_numbers_has_no_derivative() -> None:
    assert ad.grad(lambda x: x.astype(int) * x)(1.5) == 1.0


def test_the_mixed_derivative_of_a_power_at_zero() -> None:
    """∂²xᵖ/∂p∂x at p = 0 is 1/x."""
    slope = lambda p: ad.grad(lambda x: ad.power(x, p))(2.0)  # noqa: E731
    assert ad.grad(slope)(0.0) == pytest.approx(0.5)
    assert ad.grad(lambda x: ad.power(x, np.zeros(())))(0.0) == 0.0


def test_a_rule_that_fails_leaves_the_graph_as_it_was() -> None:
    fails = [True]

    def pull(g: Any, out: Any, x: Any) -> Any:
        if fails[0]:
            raise RuntimeError("not now")
        return g * 3.0

    triple = ad.Op("triple", lambda x: 3.0 * x, [pull], [lambda t, out, x: 3.0 * t])
    p = ad.Parameter([1.0, 2.0])
    loss = ad.sum(triple(p) ** 2)
    with pytest.raises(RuntimeError, match="not now"):
        loss.backward()
    assert p.grad is None
    fails[0] = False
    loss.backward()
    assert p.grad.tolist() == [18.0, 36.0]


def test_a_rule_of_the_wrong_shape_is_named() -> None:
    wrong = ad.Op("wrong", lambda a, b: a + b, [lambda g, *_: g] * 2, [lambda t, *_: t] * 2)
    p = ad.Parameter(np.ones(1))
    with pytest.raises(ShapeError, match=r"derivative has shape \(3,\).*\(1,\)"):
        ad.sum(wrong(p, np.ones(3))).backward()
    assert p.grad is None
    with pytest.raises(ShapeError, match="does not sum over"):
        ad.grad(lambda x: ad.sum(wrong(x, np.ones(3))))(np.ones(1))


def test_a_parameter_from_another_process(tmp_path: Path) -> None:
    p = ad.Parameter([2.0])
    p.grad = np.ones(1)
    (tmp_path / "p").write_bytes(pickle.dumps(p))
    script = (
        "import pickle, sys; from hermosis import autodiff as ad\n"
        f"p = pickle.loads(open({str(tmp_path / 'p')!r}, 'rb').read())\n"
        "(p * p).backward(); assert p.grad.tolist() == [5.0], p.grad"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


def test_the_derivative_of_a_number_stays_an_array() -> None:
    p = ad.Parameter(2.0)
    for due in (4.0, 8.0):
        (p * p).backward()
        assert isinstance(p.grad, np.ndarray) and p.grad == due
    with pytest.raises(ShapeError, match="new value"):
        p.value = np.ones(3)


def test_constants_go_through_both_modes() -> None:
    two = ad.Tensor(2.0)
    assert not isinstance(ad.jvp(lambda x: x * two)(1.0, 1.0), ad.Tensor)
    assert ad.hvp(lambda x: x * x * two)(1.0, 1.0) == 4.0


def test_rows_of_a_jacobian_do_not_meet() -> None:
    fun = lambda x: [ad.sum(x), ad.sum(ad.sqrt(x))]  # noqa: E731
    with np.errstate(divide="ignore"):
        first, second = ad.jacobian(fun)(np.zeros(3))
    assert first.tolist() == [1.0] * 3 and np.isinf(second).all()


def test_empty_arrays() -> None:
    fun = lambda x: ad.concatenate([x, np.ones(3)])  # noqa: E731
    assert ad.jacobian(fun)(np.zeros(0)).shape == (3, 0)
    assert ad.grad(lambda x: ad.sum(x * x))(np.zeros((0, 3))).shape == (0, 3)
    with np.errstate(all="ignore"):
        assert ad.grad(lambda x: ad.mean(x))(np.zeros(0)).shape == (0,)


def test_a_result_that_is_no_number() -> None:
    opt = hm.optimizers.SGD(lr=0.1)
    for fun in (lambda w: w**2, lambda w: np.ones(3)):
        with pytest.raises(SeedError, match=r"shape \(3,\)"):
            ad.grad(fun)(np.ones(3))
    with pytest.raises(SeedError, match=r"shape \(3,\)"):
        hm.minimize(lambda w: w**2, np.ones(3), opt)
    with pytest.raises(SeedError, match="returns None"):
        ad.grad(lambda w: None)(1.0)
    with pytest.raises(StructureError, match=r"the argument\['b'\] holds object"):
        ad.grad(lambda w: w["a"])({"a": 1.0, "b": None})


def test_ties_beside_what_is_no_number() -> None:
    x = np.array([[np.nan, 1.0], [2.0, 2.0]])
    found = ad.vjp(lambda x: ad.max(x, 1))(x, np.ones(2))
    assert found[1].tolist() == [0.5, 0.5]


@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.uint64, np.int64])
def test_labels_of_any_whole_numbers(kind: Any) -> None:
    scores = np.random.default_rng(0).normal(size=(300, 5))
    labels = np.random.default_rng(1).integers(0, 5, 300)
    found = ad.value_and_grad(ad.cross_entropy)(scores, labels.astype(kind))
    share = np.exp(scores) / np.exp(scores).sum(1, keepdims=True)
    assert found[0] == pytest.approx(-np.log(share[np.arange(300), labels]).mean(), rel=1e-13)
    np.testing.assert_allclose(found[1], (share - np.eye(5)[labels]) / 300, atol=1e-16)
