"""One-component algebra against explicit coordinates: the algebra is only right if both agree."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.algebra.components import Total, coordinate, explicit, norm2, slope, total
from derivations.algebra.symbols import G, L, U, X, beta, h, k, parameter, w
from derivations.errors import NotScalarError
from derivations.system.coordinates import in_coordinates
from derivations.system.equations import hermosis_equations

a = parameter("a")

component = st.recursive(
    st.sampled_from([X, w, a, beta, sp.Integer(2), sp.Integer(-3), sp.Rational(1, 2)]),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda pair: pair[0] + pair[1]),
        st.tuples(inner, inner).map(lambda pair: pair[0] * pair[1]),
        inner.map(lambda e: sp.sqrt(1 + e**2)),
        inner.map(sp.tanh),
        inner.map(norm2),
        inner.map(total),
    ),
    max_leaves=5,
)
scalar = st.one_of(
    component.map(total),
    component.map(lambda e: sp.sqrt(1 + norm2(e))),
    st.tuples(component, component).map(lambda pair: total(pair[0]) * norm2(pair[1])),
)


def value(expr: sp.Expr) -> float:
    """Put generic numbers for all symbols."""
    symbols = sorted(expr.free_symbols, key=str)
    numbers = {x: sp.Rational(3 + 2 * i, 7 + i) * (-1) ** i for i, x in enumerate(symbols)}
    return float(expr.xreplace(numbers))


@given(component, component)
def test_total_is_linear(one: sp.Expr, other: sp.Expr) -> None:
    left = explicit(total(3 * beta * one - a * other), 3)
    right = explicit(3 * beta * total(one) - a * total(other), 3)
    assert value(left) == pytest.approx(value(right), rel=1e-12, abs=1e-12)


def test_factors_that_all_components_share_are_taken_out() -> None:
    assert total(beta * norm2(X) * X) == beta * Total(X) * Total(X**2)
    assert total(beta) == beta * Total(sp.S.One)
    assert total(0) == 0
    assert explicit(total(beta), 3) == 3 * beta


@settings(max_examples=40)
@given(scalar, st.sampled_from([X, w]), st.sampled_from([1, 2, 3]))
def test_slope_is_the_gradient_in_coordinates(
    expr: sp.Expr, variable: sp.Symbol, dimension: int
) -> None:
    whole = explicit(expr, dimension)
    for index in range(dimension):
        mine = explicit(slope(expr, variable), dimension, index)
        due = sp.diff(whole, coordinate(variable, index))
        assert value(mine) == pytest.approx(value(due), rel=1e-10, abs=1e-10)


@given(scalar, st.sampled_from([a, beta]))
def test_a_number_that_all_components_share_moves_every_term(expr: sp.Expr, by: sp.Symbol) -> None:
    mine = explicit(sp.diff(expr, by), 2)
    assert value(mine) == pytest.approx(value(sp.diff(explicit(expr, 2), by)), rel=1e-10, abs=1e-10)


ENERGIES = {
    "componentwise": total(sp.sqrt(1 + a * X**2)),
    "norm": sp.sqrt(1 + norm2(X)) + sp.log(1 + norm2(w)),
    "mixed": norm2(X) * total(sp.cosh(X)) + total(X * w),
    "a sum inside a sum": total(sp.sin(X * norm2(X))),
    "mass inside the sum": total(sp.sqrt(X**2 + k**2 / beta**2)) + h / k * U * beta,
}


@pytest.mark.parametrize("dimension", [1, 2, 3])
@pytest.mark.parametrize("energy", ENERGIES.values(), ids=ENERGIES)
def test_equations_agree_with_the_poisson_matrix(energy: sp.Expr, dimension: int) -> None:
    assert in_coordinates(beta * energy, dimension).holds


def test_derivative_of_a_sum_by_a_component_is_that_of_its_term() -> None:
    assert sp.diff(Total(X), X) == 1
    assert sp.diff(Total(w), X) == 0
    assert sp.diff(Total(X**3), X) == 3 * X**2


def test_the_loss_has_the_gradient_as_its_slope() -> None:
    assert slope(beta * L, w) == beta * G
    assert slope(L**2 / 2, w) == L * G
    assert slope(L, X) == 0


def test_an_energy_with_a_free_component_is_refused() -> None:
    with pytest.raises(NotScalarError, match=r"must be one number, but .*X.*; sum over .*total"):
        hermosis_equations(beta * X**2)
    with pytest.raises(NotScalarError, match="one value for each component"):
        hermosis_equations(norm2(X) + w)
