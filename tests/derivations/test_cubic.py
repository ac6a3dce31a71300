"""The root of the cubic: against the eigenvalues of a companion matrix, and in every language."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.algebra.cubic import CubicRoot, written_out
from derivations.algebra.symbols import G, X, parameter, w
from derivations.step.rule import textbook

from .runners import close, oracle, run_in_place, run_pure, start_point

Q, m, b = sp.symbols("Q m b", positive=True)
VALUE = sp.lambdify([Q, m, b], written_out(CubicRoot(Q, m, b)), "numpy")
sizes = st.floats(-12, 12).map(lambda power: 10.0**power)


@given(sizes, st.floats(-3, 3), st.floats(-3, 3))
def test_the_root_over_twenty_four_orders_of_size(
    square: float, mass: float, quartic: float
) -> None:
    mass, quartic = 10.0**mass, 10.0**quartic
    # scaled to a root of order one, in which the companion matrix is balanced
    unit = min(np.sqrt(square) / mass, np.cbrt(np.sqrt(square) / quartic))
    roots = np.roots([quartic * unit**3, 0.0, mass * unit, -np.sqrt(square)])
    (due,) = (root.real * unit for root in roots if abs(root.imag) < 1e-9 * abs(root))
    assert VALUE(square, mass, quartic) == pytest.approx(due, rel=1e-10)


@given(sizes)
def test_the_derivative_is_that_of_the_closed_form(square: float) -> None:
    root = CubicRoot(Q, m, b)
    at = {Q: sp.Float(square, 40), m: sp.Rational(3, 4), b: sp.Rational(5, 3)}
    stated = written_out(root.diff(Q)).subs(at).evalf(30)
    taken = sp.diff(root.written_out(), Q).subs(at).evalf(30)
    assert abs(stated / taken - 1) < 1e-20


def test_it_is_a_symbol_of_its_own_until_it_is_written() -> None:
    root = CubicRoot(Q, m, b)
    assert root.is_nonnegative and root.is_real
    assert root.diff(Q).has(CubicRoot) and not written_out(root.diff(Q)).has(CubicRoot)
    assert abs(root.subs({Q: 4, m: 1, b: 1}).evalf() - 1) < 1e-14  # 1 + 1 = 2 = √4
    assert root.diff(m).has(sp.Derivative)  # only Q moves with the momentum


@settings(max_examples=4)
@given(st.integers(0, 99))
def test_every_language_writes_the_same_root(seed: int) -> None:
    mass, quartic = parameter("p"), parameter("q")
    speed = CubicRoot(X**2 + G**2 + 1, mass, quartic)
    rule = textbook("Cubic", ("D", {w: w - X / (mass + quartic * speed**2)}))
    start = start_point(seed)
    due = oracle(
        textbook("Cubic", ("D", {w: written_out(rule.stages[0].assignments[0][1])})), start
    )
    for backend in ("numpy", "numba"):
        close(run_in_place(rule, backend, start), due)
    import jax

    with jax.enable_x64(True):
        close(run_pure(rule, "jax", start), due)
    close(run_pure(rule, "torch", start), due)
