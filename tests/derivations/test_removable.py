"""Removable singularities: the limit at them, and all digits beside them, in every language."""

import warnings

import jax
import mpmath
import numpy as np
import pytest
import sympy as sp

from derivations.algebra.components import Total, norm2
from derivations.algebra.removable import defined
from derivations.algebra.symbols import G, X, w
from derivations.step.rule import Rule, Stage
from derivations.system.objective import objective
from hermosis.compile.objective import symbolic

from .runners import p, run_in_place, run_pure

_length = sp.sqrt(norm2(X))
#: Velocities, and the same of one component as mpmath has them; zero at rest.
ODD = {
    "power": (X ** (2 * p + 4) / X ** (2 * p + 1), lambda x: x**3),
    "size": (sp.Abs(X) ** (p + 1) / X, lambda x: mpmath.sign(x) * abs(x) ** mpmath.mpf("0.7")),
    "norm": (X / _length, mpmath.sign),
    "norm of a power": (
        sp.Abs(X) ** p * Total(sp.Abs(X) ** (p + 1)) ** (-1 + 1 / (p + 1)) * sp.sign(X),
        mpmath.sign,
    ),
    "Langevin": (1 / sp.tanh(p * X) - 1 / (p * X), lambda x: mpmath.coth(s(x)) - 1 / s(x)),
    "of a norm": (
        X / (sp.tanh(_length) * _length) - X / norm2(X), lambda x: mpmath.coth(x) - 1 / x),
    "cosine": ((1 - sp.cos(X)) / X, lambda x: (1 - mpmath.cos(x)) / x),
    "root": ((sp.sqrt(1 + X**2) - 1) / X, lambda x: (mpmath.sqrt(1 + x * x) - 1) / x),
    "entropy": (X * sp.log(X**2), lambda x: x * mpmath.log(x**2)),
}  # fmt: skip


def s(x):
    return mpmath.mpf("0.7") * x


@pytest.mark.parametrize("name", ODD)
def test_limit_and_digits_in_every_language(name):
    formula, due = ODD[name]
    rule = Rule(name, (Stage("D", ((w, -formula),)),))
    small = [3e-300, -1e-170] if "power" not in name else []  # whose powers underflow
    points = np.array([0.0, *small, 1e-9, -0.1, 0.13, 2.0][-5 if "power" in name else -7 :])
    with mpmath.workdps(700):  # of which 1/x takes 320 away
        exact = [float(-due(mpmath.mpf(x))) if x else 0.0 for x in points]
    rows = [(points, np.array(exact))]
    if formula.has(Total):  # one component at a time is other than zero
        rows = [(x * np.eye(3)[1], y * np.eye(3)[1]) for x, y in zip(points, exact, strict=True)]
    languages = ("numpy", "numba") if name in ("norm", "Langevin", "of a norm") else ("numpy",)
    for x, y in rows:
        start = {w: np.ones_like(x), X: x, G: np.zeros_like(x)}
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = [run_in_place(rule, language, start) for language in languages]
            with jax.enable_x64(True):
                found += [run_pure(rule, language, start) for language in ("torch", "jax")]
        for made in found:
            np.testing.assert_allclose(made[w], y, rtol=2e-12, atol=1e-305)


def test_what_is_no_number_at_zero_is_left_as_it_is():
    for formula in (1 / X, sp.cos(X) / X, X * G, X / sp.sqrt(norm2(X) + p**2)):
        assert defined(formula) == formula


def test_even_limits():
    for formula, due in ((sp.sin(X) / X, 1), (sp.tanh(p * X) / X, p), (X / sp.asinh(X), 1)):
        assert sp.simplify(defined(formula).subs(X, 0) - due) == 0


def test_derivatives_pass_through_a_guard():
    def step(x):
        namespace = {}
        exec(Rule("n", (Stage("D", ((w, sp.sin(X) / X),)),)).source("jax"), namespace)
        return namespace["step"](x, x, x)[0].sum()

    with jax.enable_x64(True):
        slope = jax.grad(step)(jax.numpy.array([0.0, 1.0]))
    np.testing.assert_allclose(slope, [0, np.cos(1) - np.sin(1)], rtol=1e-14)


def test_losses_too():
    loss = symbolic(lambda x, y: sp.sin(x) / x + sp.exp(y) / y - 1 / y)
    value, slope = loss(np.zeros(2))
    assert value == 2
    np.testing.assert_allclose(slope, [0, 0.5])
    assert objective(lambda x: x**3 / x).expression.is_polynomial()
