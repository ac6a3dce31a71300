"""Population codes and credit: laws, and what bad input says."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hermosis import autodiff as ad
from hermosis.errors import HyperparameterError, ShapeError
from hermosis.population import FeedbackLayer, Population, angle, leave_one_out, shapley


@given(st.floats(5, 30), st.floats(0.1, 10), st.floats(0.5, 2), st.floats(-1, 1))
def test_the_information_of_even_units_has_a_closed_form(
    density: float, amplitude: float, width: float, s: float
) -> None:
    units = Population.tiling(density, amplitude, width, reach=14.0)
    due = np.sqrt(2 * np.pi) * density * amplitude / width
    assert units.fisher_information(s) == pytest.approx(due, rel=1e-3)


def test_the_information_is_the_curvature_of_the_likelihood() -> None:
    units = Population.tiling(10.0, 3.0, 1.0)
    mean = ad.plain(units.rates(0.2))
    found = -ad.hessian(lambda s: units.log_likelihood(s, mean))(0.2)
    assert found == pytest.approx(units.fisher_information(0.2), rel=1e-9)


def test_counts_are_decoded_to_their_centre_of_mass() -> None:
    units = Population(np.array([0.0, 1.0, 3.0]))
    assert units.decode([[1, 0, 1], [0, 2, 0]]).tolist() == [1.5, 1.0]
    assert np.isnan(units.decode([0, 0, 0]))


games = st.integers(1, 5).flatmap(
    lambda n: st.lists(st.floats(-5, 5), min_size=2**n, max_size=2**n)
)


@given(games)
def test_shapley_is_the_mean_addition_over_all_orders(worths: list[float]) -> None:
    units = len(worths).bit_length() - 1

    def value(present: np.ndarray) -> float:
        return worths[int(sum(2**k for k in range(units) if present[k]))]

    due = np.zeros(units)
    orders = list(permutations(range(units)))
    for order in orders:
        present = np.zeros(units, bool)
        for unit in order:
            before = value(present)
            present[unit] = True
            due[unit] += (value(present) - before) / len(orders)
    found = shapley(value, units)
    np.testing.assert_allclose(found, due, atol=1e-12)
    assert found.sum() == pytest.approx(worths[-1] - worths[0], abs=1e-12)
    drawn = shapley(value, units, orders=3, random=np.random.default_rng(0))
    assert drawn.sum() == pytest.approx(worths[-1] - worths[0], abs=1e-12)


def test_credit_in_a_sum_is_each_part() -> None:
    parts = np.array([1.0, -2.0, 0.5])
    for credit in (shapley, leave_one_out):
        np.testing.assert_allclose(credit(lambda present: float(parts[present].sum()), 3), parts)


def test_feedback_goes_back_through_its_own_weights() -> None:
    random = np.random.default_rng(0)
    x, W, B, u = (random.normal(size=s) for s in ((5, 3), (3, 2), (3, 2), (5, 2)))
    layer = FeedbackLayer(B)
    np.testing.assert_allclose(layer(x, W), x @ W, rtol=1e-13)
    to_x, to_W = ad.vjp(lambda w: layer(*w))((x, W), u)
    np.testing.assert_allclose(to_x, u @ B.T, rtol=1e-13)
    np.testing.assert_allclose(to_W, x.T @ u, rtol=1e-13)
    assert angle(B, -B) == 180.0


def test_bad_input_is_named() -> None:
    with pytest.raises(HyperparameterError, match="the width of a population is 0"):
        Population(np.zeros(3), width=0)
    with pytest.raises(HyperparameterError, match="2\\^17 coalitions.*orders=1000"):
        shapley(lambda present: 0.0, 17)
    with pytest.raises(HyperparameterError, match="random="):
        shapley(lambda present: 0.0, 3, orders=10)
    with pytest.raises(HyperparameterError, match="number of orders is 0"):
        shapley(lambda present: 0.0, 3, orders=0, random=np.random.default_rng(0))
    with pytest.raises(ShapeError, match=r"feedback has shape \(2, 2\), but the weights \(2, 3\)"):
        FeedbackLayer(np.ones((2, 2)))(np.ones((4, 2)), np.ones((2, 3)))
