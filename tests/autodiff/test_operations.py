"""Every operation: value, forward, reverse and second order, against differences and JAX."""

from __future__ import annotations

import jax
import numpy as np
import pytest

from hermosis import autodiff as ad

from .cases import CASES, WIDER, Case
from .checks import close, directions, each_index, flat, second_order

each_case = pytest.mark.parametrize("case", CASES, ids=str)


@each_case
def test_the_value_and_both_products_are_those_of_jax(case: Case) -> None:
    xs = case.arguments()
    random = np.random.default_rng(1)
    vs = [random.normal(size=x.shape) for x in xs]
    out, change = jax.jvp(case.theirs, xs, vs)
    close(ad.plain(case.ours(*map(ad.Tensor, xs))), out)
    close(ad.jvp(lambda w: case.ours(*w))(xs, vs), change)
    u = random.normal(size=out.shape)
    back = ad.vjp(lambda w: case.ours(*w))(xs, u)
    due = jax.vjp(case.theirs, *xs)[1](jax.numpy.asarray(u))
    for found, slope in zip(back, due, strict=True):
        close(found, slope)


@pytest.mark.parametrize("case", [*CASES, *WIDER], ids=str)
def test_every_index_agrees_with_central_differences(case: Case) -> None:
    each_index(case.ours, case.arguments(2))


@pytest.mark.parametrize("case", [*CASES, *WIDER], ids=str)
def test_the_second_order_agrees_with_differences_in_every_mode(case: Case) -> None:
    second_order(case.ours, case.arguments(3))


@each_case
def test_single_precision_stays_single(case: Case) -> None:
    xs = [x.astype(np.float32) for x in case.arguments(4)]
    assert np.asarray(ad.plain(case.ours(*map(ad.Tensor, xs)))).dtype == np.float32
    run = lambda w: ad.sum(case.ours(*w))  # noqa: E731
    value, slopes = ad.value_and_grad(run)(xs)
    products = ad.hvp(run)(xs, xs)
    assert np.asarray(value).dtype == np.float32
    assert {x.dtype for x in (*slopes, *products)} == {np.dtype(np.float32)}
    due = ad.grad(run)([x.astype(float) for x in xs])
    np.testing.assert_allclose(flat(slopes), flat(due), rtol=2e-4, atol=2e-4)


LARGE = {
    "a network": (lambda x, w, v: ad.tanh(x @ w) @ v, [(200, 64), (64, 32), (32, 10)]),
    "a convolution": (
        lambda x, k: ad.mean_pool(ad.tanh(ad.conv2d(x, k, padding=1)), 2),
        [(8, 3, 16, 16), (5, 3, 3, 3)],
    ),
    "attention": (ad.attention, [(4, 50, 16)] * 3),
    "a reduction": (lambda x: ad.logsumexp(x, (0, 2)) + ad.std(x, (0, 2)), [(30, 40, 50)]),
}  # fmt: skip


@pytest.mark.parametrize("name", LARGE)
def test_large_arrays_in_random_directions(name: str) -> None:
    fun, shapes = LARGE[name]
    random = np.random.default_rng(5)
    directions(fun, [random.normal(size=shape) / 3 for shape in shapes])


def test_kinks_have_the_slopes_that_are_stated() -> None:
    zero = np.zeros(1)
    for fun, due in ((ad.absolute, 0.0), (ad.relu, 0.0), (lambda x: ad.maximum(x, 0.0), 0.5)):
        assert ad.grad(lambda x, f=fun: ad.sum(f(x)))(zero) == due
    assert ad.grad(lambda x: ad.sum(ad.clip(x, 0.0, 1.0)))(zero) == 1.0
    assert ad.grad(lambda x: ad.max(x))(np.array([1.0, 0.0, 1.0])).tolist() == [0.5, 0.0, 0.5]
