"""LLVM source: every function against NumPy, every number to its precision, sums before writing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from derivations.algebra.components import Total
from derivations.algebra.symbols import Component, G, X, lr, momentum, w
from derivations.emit.arrays.infix import FUNCTIONS
from derivations.emit.llvm import kernel as llvm
from derivations.emit.llvm.builder import Function
from derivations.emit.llvm.operations import Operations
from derivations.emit.program.fused import fused
from derivations.errors import BackendError
from derivations.step.rule import Rule, Stage
from hermosis import optimizers

from .machine import carry_out, unchecked

p = sp.Symbol("η_1", positive=True)
Y = Component("Y")


def applied(value: sp.Expr, x: np.ndarray, **numbers: float) -> np.ndarray:
    """X ← value, in machine code, for arrays of any precision."""
    rule = Rule("one", (Stage("K", ((X, value),)),))
    moved = x.copy()
    carry_out(rule, np.zeros_like(x), [moved], np.zeros_like(x), numbers)
    return moved


#: Where each function has a value; 3 is inside all that are not named.
INSIDE = {"asin": 1, "acos": 1, "atanh": 0.9, "cosh": 3, "sinh": 3, "exp": 3}
ONE = sorted(set(FUNCTIONS) - {"Max", "Min", "Hypot"})


@pytest.mark.parametrize("dtype", [np.float64, np.float32], ids=["double", "single"])
@pytest.mark.parametrize("name", ONE)
def test_every_function_is_numpy_s(name: str, dtype: Any) -> None:
    """The C library and NumPy may differ in the last place or two."""
    bound = INSIDE.get(name, 3)
    x = np.linspace(-bound, bound, 41).astype(dtype)
    x = np.abs(x) + dtype(1.25) if name in ("log", "acosh") else x
    due = getattr(np, {"Abs": "abs"}.get(name, FUNCTIONS[name]))(x)
    found = applied(getattr(sp, name)(X), x)
    assert found.dtype == dtype
    np.testing.assert_allclose(
        found,
        due,
        rtol=6 * np.finfo(dtype).eps,
        atol=1e-7 * bound**2 * (dtype is np.float32) or 1e-15,
    )


reals = st.floats(-100, 100, allow_subnormal=False)


@given(hnp.arrays(np.float64, 9, elements=reals), st.floats(0.1, 4.0))
def test_arithmetic_is_numpy_s(x: np.ndarray, number: float) -> None:
    """Powers as products, quotients, differences, and what is shared among them."""
    part = sp.sqrt(1 + X**2)
    value = X**5 / (p + part**3) - 2 * part * X + sp.Rational(3, 7) * X**2 - 1 / part
    root = np.sqrt(1 + x**2)
    due = x**5 / (number + root**3) - 2 * root * x + 3 / 7 * x**2 - 1 / root
    size = np.abs(x) ** 5 / (number + root**3) + 2 * root * np.abs(x) + x**2 + 1
    found = applied(value, x, **{"η_1": number})
    assert np.all(np.abs(found - due) <= 32 * np.finfo(float).eps * size)


def test_extremes_pass_nan_on_and_signs_keep_zero() -> None:
    x = np.array([np.nan, -2.0, 0.0, 3.0, np.inf])
    for value, due in (
        (sp.Max(X, 1), np.maximum(x, 1)),
        (sp.Min(X, 1), np.minimum(x, 1)),
        (sp.sign(X), np.sign(x)),
        (sp.Heaviside(X), np.heaviside(x, 0.5)),
    ):
        moved = x.copy()
        rule = Rule("one", (Stage("K", ((X, value),)),))
        unchecked(rule, np.zeros_like(x), [moved], np.zeros_like(x))
        np.testing.assert_array_equal(moved, due)


def test_a_simultaneous_assignment_reads_old_values() -> None:
    rule = Rule("swap", (Stage("K", ((X, Y + G), (Y, X))),))
    x, y, g = np.arange(3.0), np.arange(3.0) + 10, np.ones(3)
    due = (y + g, x.copy())
    carry_out(rule, np.zeros(3), [x, y], g)
    assert np.array_equal(x, due[0]) and np.array_equal(y, due[1])


def test_numbers_are_written_to_the_last_bit() -> None:
    f = Function("none")
    double, single = Operations("double", set(), f), Operations("float", set(), f)
    assert double.literal(sp.Rational(1, 10)) == "0x3FB999999999999A"
    assert single.literal(sp.Rational(1, 10)) == "0x3FB99999A0000000"


def test_a_formula_without_code_is_refused() -> None:
    rule = Rule("bare", (Stage("K", ((X, sp.gamma(X)),)),))
    with pytest.raises(BackendError, match="no LLVM code is known for the function gamma; known:"):
        llvm.write(fused(rule))


def test_sums_come_first_and_what_is_written_is_written_once() -> None:
    """One reduction and one pass for a step with a norm, whatever its word."""
    for opt in (
        optimizers.Relativistic(lr=0.1, at_gradient=True),
        optimizers.VRAdam(lr=0.1),
        optimizers.NormalizedGD(lr=0.1),
    ):
        first, last = fused(opt.rule).phases
        assert not first.writes and first.totals and not first.scalars
        assert last.writes and not last.totals


def test_a_sum_is_taken_once_as_long_as_nothing_in_it_changes() -> None:
    length = sp.sqrt(Total(X**2))
    drift = Stage("D", ((w, w - lr * X / length),))
    rule = Rule("twice", (drift, Stage("C", ((w, w * momentum),)), drift))
    assert [len(phase.totals) for phase in fused(rule).phases] == [1, 0]
    kicked = (drift, Stage("K", ((X, X + G),)), drift)
    assert [len(phase.totals) for phase in fused(Rule("kicked", kicked)).phases] == [2, 0]


def test_a_sum_of_a_sum_is_taken_after_it() -> None:
    mean = Total(X) / Total(sp.S.One)
    rule = Rule("centred", (Stage("K", ((w, w + Total((X - mean) ** 2)),)),))
    assert [phase.writes for phase in fused(rule).phases] == [False, False, True]
    x, moved = np.arange(10.0), np.zeros(10)
    carry_out(rule, moved, [x], x)
    np.testing.assert_allclose(moved, 10 * np.var(x))


def test_a_gradient_in_a_sum_is_checked_there() -> None:
    """So that it is read once less."""
    assert llvm.is_checking(fused(optimizers.NormalizedGD(lr=0.1).rule))
    assert not llvm.is_checking(fused(optimizers.Adam(lr=0.1).rule))
