"""Hessian-vector products of linear, logistic and softmax regression, against their formulas."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hermosis import autodiff as ad

sizes = st.tuples(st.integers(1, 40), st.integers(1, 8), st.integers(2, 5), st.integers(0, 999))


def close(found: np.ndarray, due: np.ndarray, size: float = 0.0) -> None:
    """Equal to 1e-8, of the size of the terms where they cancel."""
    np.testing.assert_allclose(found, due, rtol=1e-8, atol=1e-8 * max(np.abs(due).max(), size))


@given(sizes)
def test_linear_regression(size: tuple[int, int, int, int]) -> None:
    n, d, _, seed = size
    random = np.random.default_rng(seed)
    A, b, w, v = (random.normal(size=s) for s in ((n, d), n, d, d))
    found = ad.hvp(lambda w: ad.mse(A @ w, b))(w, v)
    close(found, 2 / n * A.T @ (A @ v))


@given(sizes)
def test_logistic_regression(size: tuple[int, int, int, int]) -> None:
    n, d, _, seed = size
    random = np.random.default_rng(seed)
    A, w, v = (random.normal(size=s) for s in ((n, d), d, d))
    y = random.integers(0, 2, n)
    found = ad.hvp(lambda w: ad.mean(ad.softplus(A @ w) - y * (A @ w)))(w, v)
    p = 1 / (1 + np.exp(-A @ w))
    close(found, A.T @ (p * (1 - p) * (A @ v)) / n)


@given(sizes)
def test_softmax_regression(size: tuple[int, int, int, int]) -> None:
    n, d, classes, seed = size
    random = np.random.default_rng(seed)
    A, w, v = (random.normal(size=s) for s in ((n, d), (d, classes), (d, classes)))
    y = random.integers(0, classes, n)
    found = ad.hvp(lambda w: ad.cross_entropy(A @ w, y))(w, v)
    scores = A @ w
    p = np.exp(scores - scores.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    change = A @ v
    due = A.T @ (p * change - p * (p * change).sum(1, keepdims=True)) / n
    close(found, due, float(np.max(np.abs(A.T) @ (p * np.abs(change))) / n))


@pytest.mark.parametrize("order", range(1, 6))
def test_derivatives_of_any_order(order: int) -> None:
    fun = ad.exp
    for _ in range(order):
        fun = ad.grad(fun)
    assert fun(0.3) == pytest.approx(np.exp(0.3), rel=1e-12)


def test_each_level_sees_its_own_change_only() -> None:
    """d/dx x·(d/dy (x + y)) = 1: a tangent of one level must not be taken for another's."""
    inner = lambda x: ad.grad(lambda y: x + y)(1.0) * x  # noqa: E731
    assert ad.grad(inner)(2.0) == 1.0
    forward = lambda x: ad.jvp(lambda y: x + y)(1.0, 1.0) * x  # noqa: E731
    assert ad.jvp(forward)(2.0, 1.0) == 1.0
