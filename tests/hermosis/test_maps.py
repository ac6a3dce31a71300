"""Pictures of ensembles show what single runs reach."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes

import hermosis as hm
from hermosis.analyse.clusters import DIVERGED, OTHER, clustered
from hermosis.errors import HyperparameterError

WELL = hm.symbolic(lambda x, y: (x**2 - 1) ** 2 + y**2)
BOX = ((-2.0, 2.0), (-1.5, 1.5))


@pytest.fixture
def ax() -> Iterator[Axes]:
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def test_basins_are_where_single_runs_go(ax: Axes) -> None:
    opt = hm.optimizers.Momentum(lr=0.02)
    assert hm.plots.basins(WELL, opt, BOX, resolution=10, steps=400, ax=ax) is ax
    stars = np.column_stack(ax.get_lines()[0].get_data())
    np.testing.assert_allclose(np.sort(stars[:, 0]), [-1, 1], atol=1e-6)
    shown = np.asarray(ax.collections[0].get_array()).reshape(10, 10)
    for row, y in enumerate(np.linspace(*BOX[1], 10)):
        for column, x in enumerate(np.linspace(*BOX[0], 10)):
            end = hm.minimize(WELL, np.array([x, y]), opt, steps=400).x
            near = np.linalg.norm(stars - end, axis=1)
            due = np.argmin(near) if near.min() < 0.01 else OTHER
            assert shown[row, column] == due
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$x$", "$y$")
    assert (ax.get_xlim(), ax.get_ylim()) == BOX


def test_basins_show_what_diverged(ax: Axes) -> None:
    opt = hm.optimizers.SGD(lr=0.2)
    hm.plots.basins(WELL, opt, ((-9, 9), (-1, 1)), resolution=11, levels=0, ax=ax)
    shown = np.asarray(ax.collections[0].get_array()).reshape(11, 11)
    assert np.all(shown[:, [0, -1]] == DIVERGED) and len(ax.collections) == 1


def test_tuning_is_what_single_runs_reach(ax: Axes) -> None:
    rates, shares = np.logspace(-3, 0.5, 6), np.array([0.0, 0.5, 0.9])
    start, opt = np.array([1.5, 1.0]), hm.optimizers.Momentum()
    hm.plots.tuning(WELL, start, opt, steps=30, ax=ax, lr=rates, momentum=shares)
    shown = ax.collections[0].get_array()
    best = np.inf, None
    for row, momentum in enumerate(shares):
        for column, lr in enumerate(rates):
            due = hm.minimize(
                WELL, start, hm.optimizers.Momentum(lr=lr, momentum=momentum), steps=30
            )
            if due.status == 3:
                assert np.ma.is_masked(shown[row, column])
                continue
            assert shown[row, column] == pytest.approx(due.fun, rel=1e-6)
            best = min(best, (due.fun, (lr, momentum)))
    assert np.ma.count_masked(shown) > 0
    np.testing.assert_allclose(np.ravel(ax.get_lines()[0].get_data()), best[1])
    assert (ax.get_xscale(), ax.get_yscale()) == ("log", "linear")
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("lr", "momentum")


def test_tuning_where_all_diverged_or_nothing_moved(ax: Axes) -> None:
    start, opt = np.array([1.5, 1.0]), hm.optimizers.Momentum()
    options = {"lr": np.array([1e3, 1e4]), "momentum": np.array([0.5])}
    hm.plots.tuning(WELL, start, opt, ax=ax, **options)
    assert np.ma.count_masked(ax.collections[0].get_array()) == 2 and not ax.get_lines()
    ax.figure.canvas.draw()


def test_tuning_wants_two_hyperparameters() -> None:
    with pytest.raises(HyperparameterError, match="1 hyperparameters are given; give two"):
        hm.plots.tuning(WELL, np.ones(2), hm.optimizers.SGD(), lr=np.ones(3))


def test_clusters_do_not_depend_on_where_the_grid_lies() -> None:
    random = np.random.default_rng(3)
    middles = np.array([[0.0, 0.0], [5.0, 1.0], [-3.0, 2.0]])
    which = random.choice(3, size=500, p=[0.5, 0.3, 0.2])
    points = middles[which] + 0.01 * random.normal(size=(500, 2))
    for shift in np.linspace(0, 0.1, 7):
        labels, centres = clustered(points + shift, np.ones(500, bool), np.full(2, 0.1), 6)
        np.testing.assert_array_equal(labels, which)
        np.testing.assert_allclose(centres - shift, middles, atol=0.01)


def test_what_is_rare_or_too_much_has_no_number() -> None:
    points = np.array([[0.0]] * 600 + [[1.0]] * 398 + [[2.0], [3.0]])
    finite = np.ones(1000, bool)
    finite[-1] = False
    labels, _ = clustered(points, finite, np.array([0.1]), most=1, least=0.002)
    assert labels[[0, 600, 998, 999]].tolist() == [0, OTHER, OTHER, DIVERGED]
    assert clustered(points, ~finite & False, np.array([0.1]), 1)[1].shape == (0, 1)
