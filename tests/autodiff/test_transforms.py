"""Functions of functions: structures, precision, and agreement with JAX's own transforms."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.optimize
from hypothesis import given
from hypothesis import strategies as st

import hermosis as hm
from hermosis import autodiff as ad

from .checks import close

jax.config.update("jax_enable_x64", True)
sizes = st.integers(1, 4)


def network(w: Any, x: Any, tanh: Any) -> Any:
    return tanh(x @ w["in"][0] + w["in"][1]) @ w["out"]


def weights(random: np.random.Generator, d: int, hidden: int, out: int) -> dict[str, Any]:
    return {
        "in": (random.normal(size=(d, hidden)), random.normal(size=hidden)),
        "out": random.normal(size=(hidden, out)),
    }


@given(sizes, sizes, sizes, st.integers(0, 999))
def test_parameter_sets_give_what_jax_gives(d: int, hidden: int, out: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    w, v = weights(random, d, hidden, out), weights(random, d, hidden, out)
    x, u = random.normal(size=(3, d)), random.normal(size=(3, out))
    ours = lambda w: network(w, x, ad.tanh)  # noqa: E731
    theirs = lambda w: network(w, x, jnp.tanh)  # noqa: E731
    loss = lambda w: ad.sum(ours(w) ** 2)  # noqa: E731
    its = lambda w: jnp.sum(theirs(w) ** 2)  # noqa: E731
    check(ad.grad(loss)(w), jax.grad(its)(w))
    check(ad.jvp(ours)(w, v), jax.jvp(theirs, (w,), (v,))[1])
    check(ad.vjp(ours)(w, u), jax.vjp(theirs, w)[1](jnp.asarray(u))[0])
    check(ad.hvp(loss)(w, v), jax.jvp(jax.grad(its), (w,), (v,))[1])


@pytest.mark.parametrize("shape", [(2,), (3, 2), ()])
@pytest.mark.parametrize("out", ["a number", "few", "many", "a dict"])
def test_jacobians_and_hessians_are_those_of_jax(shape: tuple[int, ...], out: str) -> None:
    functions = {
        "a number": lambda x, m: m.sum(m.sin(x) * x),
        "few": lambda x, m: m.stack([m.sum(x * x), m.sum(m.sin(x))]),
        "many": lambda x, m: m.outer(m.cos(x), x) * m.sum(x),
        "a dict": lambda x, m: {"sin": m.sin(x) * 2.0, "sum": (m.sum(x * x), m.exp(x))},
    }
    x = np.random.default_rng(0).normal(size=shape)
    fun = functions[out]
    check(ad.jacobian(lambda x: fun(x, ad))(x), jax.jacobian(lambda x: fun(x, jnp))(x))
    twice = ad.jacobian(ad.jacobian(lambda x: fun(x, ad)))(x)
    check(twice, jax.jacobian(jax.jacobian(lambda x: fun(x, jnp)))(x))


def test_the_hessian_of_a_parameter_set_is_nested() -> None:
    w = {"a": np.array([1.0, 2.0]), "b": np.array(3.0)}
    fun = lambda w, m: m.sum(w["a"] ** 3) * w["b"] ** 2  # noqa: E731
    check(ad.hessian(lambda w: fun(w, ad))(w), jax.hessian(lambda w: fun(w, jnp))(w))


def check(found: Any, due: Any) -> None:
    """The same structure, and the same numbers."""
    leaves, tree = jax.tree.flatten(found)
    theirs, its = jax.tree.flatten(due)
    assert tree == its
    for x, y in zip(leaves, theirs, strict=True):
        close(x, y)


def test_what_does_not_depend_on_w_has_zero_derivatives() -> None:
    w = [np.ones(2), np.ones((2, 2), np.float32)]
    fun = lambda w: ad.sum(w[0])  # noqa: E731
    slopes = ad.grad(fun)(w)
    assert slopes[1].dtype == np.float32 and not slopes[1].any()
    assert not ad.jvp(lambda w: 3.0)(w, w)
    assert not ad.vjp(lambda w: np.ones(3))(w, np.ones(3))[0].any()
    assert ad.jacobian(lambda x: x * 0.0 + 1.0)(np.zeros(0)).shape == (0, 0)


def test_the_precision_of_each_array_is_kept() -> None:
    w = {"a": np.ones(2, np.float32), "b": np.ones(2)}
    fun = lambda w: ad.sum(w["a"] * w["b"])  # noqa: E731
    for found in (ad.grad(fun)(w), ad.hvp(fun)(w, w)):
        assert (found["a"].dtype, found["b"].dtype) == (np.float32, np.float64)


def test_rest_and_options_are_constants() -> None:
    fun = lambda w, a, *, b: ad.sum(w * a) + b  # noqa: E731
    value, slope = ad.value_and_grad(fun)(np.ones(2), np.array([2.0, 3.0]), b=1.0)
    assert (float(value), slope.tolist()) == (6.0, [2.0, 3.0])
    assert ad.hvp(lambda w, a: ad.sum(w**2) * a)(np.ones(2), np.ones(2), 3.0).tolist() == [6.0, 6.0]


def rosenbrock(w: Any) -> Any:
    return ad.sum(100.0 * (w[1:] - w[:-1] ** 2) ** 2 + (1.0 - w[:-1]) ** 2)


def test_a_loss_is_minimized_without_a_gradient_written_down() -> None:
    start = np.array([-1.2, 1.0])
    opt = hm.optimizers.Momentum(lr=1e-3, momentum=0.9)
    ours = hm.minimize(rosenbrock, start, opt, steps=50)
    due = hm.minimize(scipy.optimize.rosen, start, opt, jac=scipy.optimize.rosen_der, steps=50)
    np.testing.assert_allclose(ours.x, due.x, rtol=1e-10)
    assert ours.fun == pytest.approx(due.fun) and isinstance(ours.fun, float)
    written = lambda w: np.sum((w["a"] - 3.0) ** 2)  # noqa: E731
    assert hm.minimize(written, {"a": np.zeros(2)}, opt, steps=5000).x["a"] == pytest.approx(3.0)


def test_the_hessian_is_that_of_scipy() -> None:
    x = np.array([-1.2, 1.0, 0.7])
    np.testing.assert_allclose(ad.hessian(rosenbrock)(x), scipy.optimize.rosen_hess(x), rtol=1e-12)
    v = np.array([1.0, -2.0, 0.5])
    due = scipy.optimize.rosen_hess_prod(x, v)
    np.testing.assert_allclose(ad.hvp(rosenbrock)(x, v), due, rtol=1e-12)
