"""Bad input to the derivatives: each error is named, and says what came and what to do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hermosis as hm
from hermosis import autodiff as ad
from hermosis.errors import (
    FreedGraphError,
    HermosisError,
    HyperparameterError,
    InPlaceError,
    IntegerParameterError,
    MissingGradientError,
    SeedError,
    ShapeError,
    StructureError,
    UntracedError,
)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: x + np.ones(4), r"add does not take shapes \(2, 3\) and \(4,\)"),
        (lambda x: x @ x, r"matmul does not take shapes \(2, 3\) and \(2, 3\)"),
        (lambda x: ad.reshape(x, (4, 2)), r"reshape does not take shapes \(2, 3\), shape=\(4, 2\)"),
        (lambda x: ad.concatenate([x, np.ones((3, 3))], 1), "concatenate does not take"),
        (lambda x: ad.squeeze(x, 0), "squeeze does not take"),
        (lambda x: ad.cross_entropy(x, [0, 1, 2]), r"N whole numbers, not shape \(2, 3\)"),
        (lambda x: ad.cross_entropy(x, [0.0, 1.0]), "float64"),
        (lambda x: ad.mse(x, np.ones(3)), r"one shape, not \(2, 3\) and \(3,\)"),
    ],
)
def test_shapes_that_do_not_fit(call: Any, words: str) -> None:
    with pytest.raises(ShapeError, match=words):
        ad.grad(lambda x: ad.sum(call(x)))(np.ones((2, 3)))
    with pytest.raises(ShapeError, match=words):
        call(ad.Parameter(np.ones((2, 3))))


@pytest.mark.parametrize("numbers", [np.arange(3), 3, [np.ones(2), np.ones(2, bool)]])
def test_integer_parameters(numbers: Any) -> None:
    for transform in (ad.grad, ad.jacobian, ad.hessian):
        with pytest.raises(IntegerParameterError, match=r"not floating-point.*astype\(float\)"):
            transform(lambda w: 0.0)(numbers)


def test_an_integer_parameter() -> None:
    with pytest.raises(IntegerParameterError, match="the parameter holds int64"):
        ad.Parameter([1, 2])
    with pytest.raises(StructureError, match="complex"):
        ad.Parameter([1j])


def test_a_parameter_changed_between_loss_and_backward() -> None:
    p, q = ad.Parameter([1.0, 2.0]), ad.Parameter([1.0, 2.0])
    loss = ad.sum(p * q)
    p.value[0] += 0.5
    with pytest.raises(InPlaceError, match="call backward before the step"):
        loss.backward()
    assert p.grad is None and q.grad is None
    p.value[0] -= 0.5
    loss.backward()
    assert q.grad.tolist() == [1.0, 2.0], "nothing was lost"


def test_tensors_do_not_change_in_place() -> None:
    p = ad.Parameter([1.0, 2.0])
    t = p * 2.0
    with pytest.raises(InPlaceError, match="where"):
        t[0] = 1.0
    with pytest.raises(InPlaceError, match="out="):
        np.add(t, 1.0, out=np.zeros(2))
    with pytest.raises(ValueError, match="read-only"):
        t.value[0] = 1.0
    buffer = np.zeros(2)
    with pytest.raises(InPlaceError, match="out="):
        buffer += t
    before = t
    t += 1.0
    assert t is not before and before.value.tolist() == [2.0, 4.0]


def test_a_second_backward_through_a_freed_graph() -> None:
    p = ad.Parameter([1.0, 2.0])
    shared = ad.exp(p)
    first, second = ad.sum(shared), ad.sum(shared * shared)
    first.backward()
    due = p.grad.copy()
    for loss in (first, second):
        with pytest.raises(FreedGraphError, match=r"backward\(keep=True\)"):
            loss.backward()
    assert p.grad.tolist() == due.tolist()


def test_a_gradient_of_what_is_no_number() -> None:
    p = ad.Parameter([1.0, 2.0])
    with pytest.raises(SeedError, match=r"shape \(2,\).*sum it, or give a seed of shape \(2,\)"):
        (p * p).backward()
    with pytest.raises(SeedError, match=r"seed has shape \(3,\).*shape \(2,\)"):
        (p * p).backward(np.ones(3))
    with pytest.raises(SeedError, match="does not depend on a Parameter"):
        ad.Tensor(1.0).backward()
    with pytest.raises(SeedError, match=r"shape \(2,\)"):
        ad.grad(lambda x: x * x)(np.ones(2))
    with pytest.raises(SeedError, match="returns a list"):
        ad.grad(lambda x: [x, x])(1.0)


def test_vectors_of_another_structure() -> None:
    w = {"a": np.ones(2), "b": np.ones(3)}
    with pytest.raises(StructureError, match="the vector is nested as"):
        ad.hvp(lambda w: ad.sum(w["a"]))(w, [np.ones(2), np.ones(3)])
    with pytest.raises(
        StructureError, match=r"the vector\['b'\] has shape \(2,\), but w there \(3"
    ):
        ad.jvp(lambda w: ad.sum(w["a"]))(w, {"a": np.ones(2), "b": np.ones(2)})
    with pytest.raises(StructureError, match="but the result as"):
        ad.vjp(lambda x: [x, x])(1.0, 1.0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (float, r"float\(…\) would cut off the derivative"),
        (np.asarray, "a NumPy array of it would cut off"),
        (np.linalg.inv, "np.inv has no derivative here; .*tanh"),
        (np.add.reduce, "np.add.reduce has no derivative here"),
        (lambda x: np.arctan2(x, 1.0), "np.arctan2 has no derivative"),
    ],
)
def test_ways_out_of_a_derivative(call: Any, words: str) -> None:
    with pytest.raises(UntracedError, match=words):
        ad.grad(lambda x: call(ad.sum(x)) * 1.0)(np.ones(1))


def test_layers_refuse_what_they_cannot_use() -> None:
    with pytest.raises(HyperparameterError, match="whole numbers"):
        ad.embedding(np.ones((3, 2)), [0.0, 1.0])
    with pytest.raises(HyperparameterError, match=r"rate of dropout is 1\.0"):
        ad.dropout(np.ones(3), 1.0, np.random.default_rng(0))


def test_a_loss_that_cannot_be_differentiated_is_refused_by_minimize() -> None:
    opt = hm.optimizers.SGD(lr=0.1)
    for fun in (lambda w: 3.0, lambda w: float(w @ w), lambda w: np.linalg.det(np.outer(w, w))):
        with pytest.raises(MissingGradientError, match="no gradient was given"):
            hm.minimize(fun, np.ones(2), opt)


def test_every_error_is_one_of_ours() -> None:
    for kind in (FreedGraphError, InPlaceError, IntegerParameterError, SeedError, ShapeError):
        assert issubclass(kind, HermosisError)
