"""Losses as formulas: value and gradient are those of the formula, and what is none is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import approx_fprime, minimize

import hermosis as hm
from derivations.emit.arrays import objective as python
from derivations.emit.llvm import objective as llvm
from hermosis.compile.objective import Symbolic
from hermosis.errors import BackendError, EnergyError, NotScalarError, StructureError

LOSSES = {
    "double well": lambda x, y: (x**2 - 1) ** 2 + y**2,
    "Himmelblau": lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2,
    "waves": lambda x, y: hm.sin(3 * x) * hm.cos(y) + hm.exp(-x * y / 4) + hm.tanh(x),
    "roots": lambda x, y: hm.sqrt(1 + x**2) + (1 + y**2) ** hm.Rational(3, 2) + 1 / (2 + x**2),
    "corners": lambda x, y: abs(x) + hm.Max(x, y, 0) + hm.Min(x, 2 * y) ** 2,
    "logarithm": lambda x, y: hm.log(hm.cosh(x)) + hm.log(1 + y**2) + 0.5 * x,
    "one weight only": lambda x, y: y**5 / 7,
    "constant": lambda x, y: 3,
}
every_loss = pytest.mark.parametrize("name", LOSSES)
points = st.tuples(*[st.floats(-3, 3).filter(lambda x: abs(x) > 1e-3)] * 2)


def made(name: str) -> Symbolic:
    return hm.symbolic(LOSSES[name])


@pytest.mark.parametrize("name", LOSSES)
@given(point=points)
def test_value_and_gradient_are_those_that_sympy_finds(name: str, point: Any) -> None:
    fun = made(name)
    places = dict(zip(fun.symbols, map(sp.Float, point), strict=True))
    due = [float(part.subs(places).evalf(30)) for part in (fun.expression, *fun.gradient)]
    w = np.array(point)
    for value, gradient in (fun(w), fun.vectorised(w)):
        np.testing.assert_allclose([value, *gradient], due, rtol=1e-12, atol=1e-12)


@every_loss
def test_the_gradient_is_the_slope_of_the_value(name: str) -> None:
    fun, w = made(name), np.array([0.7, -1.3])
    np.testing.assert_allclose(fun(w)[1], approx_fprime(w, lambda w: fun(w)[0]), atol=1e-5)


@every_loss
def test_single_precision_is_kept(name: str) -> None:
    fun, w = made(name), np.array([0.7, -1.3])
    value, gradient = fun(w)
    for found in (fun(w.astype(np.float32)), fun.vectorised(w.astype(np.float32))):
        assert found[1].dtype == np.float32
        np.testing.assert_allclose(found[0], value, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(found[1], gradient, rtol=1e-5, atol=1e-6)


@every_loss
def test_many_points_at_once_are_the_points_one_by_one(name: str) -> None:
    fun = made(name)
    w = np.random.default_rng(1).normal(size=(5, 3, 2))
    values, gradients = fun.vectorised(w)
    assert values.shape == (5, 3) and gradients.shape == w.shape
    for place in np.ndindex(5, 3):
        value, gradient = fun(w[place])
        np.testing.assert_allclose(values[place], value, rtol=1e-13, atol=1e-13)
        np.testing.assert_allclose(gradients[place], gradient, rtol=1e-13, atol=1e-13)


def test_strided_and_whole_numbers_are_read() -> None:
    fun = made("Himmelblau")
    wide = np.array([1.0, 9.0, 2.0, 9.0])
    assert fun(wide[::2])[0] == fun(np.array([1, 2]))[0] == fun(np.array([1.0, 2.0]))[0]


def test_a_loss_of_one_vector() -> None:
    fun = hm.symbolic(lambda x: sum((b - a) ** 2 for a, b in zip(x, x[1:], strict=False)), size=4)
    assert [str(symbol) for symbol in fun.symbols] == ["x_1", "x_2", "x_3", "x_4"]
    value, gradient = fun(np.array([0.0, 1.0, 3.0, 3.0]))
    assert value == 5.0
    np.testing.assert_array_equal(gradient, [-2.0, -2.0, 4.0, 0.0])


def test_scipy_minimizes_it() -> None:
    found = minimize(made("double well"), np.array([2.0, 1.0]), jac=True)
    np.testing.assert_allclose(np.abs(found.x), [1.0, 0.0], atol=1e-5)


def test_it_says_what_it_is() -> None:
    fun = made("double well")
    assert repr(fun) == "Symbolic(x, y: y**2 + (x**2 - 1)**2)"
    assert fun.latex() == r"y^{2} + \left(x^{2} - 1\right)^{2}"
    assert fun == made("double well") and fun != made("Himmelblau")
    renamed = hm.symbolic(lambda a, b: (a**2 - 1) ** 2 + b**2)
    assert renamed != fun and renamed.key == fun.key


@pytest.mark.parametrize(
    ("function", "size", "error", "words"),
    [
        (lambda x: (x, x), None, NotScalarError, r"returned \(x, x\), a tuple; return one real"),
        (lambda x: "x**2", None, NotScalarError, r"returned 'x\*\*2', a str; return one real"),
        (lambda x: True, None, NotScalarError, "returned True, a bool"),
        (lambda x: x > 0, None, NotScalarError, "returned x > 0"),
        (lambda x: hm.sqrt(-1) * x, None, NotScalarError, r"I\*x, which is not a real number"),
        (lambda x: x + hm.oo, None, NotScalarError, "which is not a real number"),
        (lambda x: np.sin(x), None, NotScalarError, r"cannot be called with symbols .*hm\.sin"),
        (lambda x: x @ x, 3, NotScalarError, "cannot be called with symbols"),
        (lambda x: hm.k * x, None, EnergyError, "the loss contains k, which is no argument"),
        (lambda *x: 1, None, NotScalarError, "must name its arguments.*give size=n"),
        (lambda: 1, None, NotScalarError, "must name its arguments"),
        (lambda x: 1, 0, NotScalarError, "size is 0; give the number of weights"),
    ],
)
def test_what_is_no_loss_is_refused(function: Any, size: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        hm.symbolic(function, size)


def test_a_function_that_no_language_knows_is_refused() -> None:
    fun = hm.symbolic(lambda x: sp.erf(x))
    for write in (llvm.write, python.numpy):
        with pytest.raises(BackendError, match="function erf"):
            write(fun.objective)
    with pytest.raises(BackendError, match="zeta.*not known in closed form; write the loss with"):
        hm.symbolic(lambda x: sp.zeta(x**2 + 2))(np.ones(1))


@pytest.mark.parametrize("w", [np.ones(3), np.ones((2, 1)), 1.0])
def test_weights_of_another_shape_are_refused(w: Any) -> None:
    with pytest.raises(StructureError, match=r"w has shape .*a function of 2 weights; give an"):
        made("double well")(w)


def test_weights_of_another_kind_are_refused() -> None:
    with pytest.raises(StructureError, match="w holds complex128, not float32 or float64"):
        made("double well")(np.ones(2, complex))
    with pytest.raises(StructureError, match="w holds >f8"):
        made("double well")(np.ones(2, ">f8"))
