"""Plots draw what the run says, where they are told, and change nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from numpy.typing import NDArray

import hermosis as hm

Array = NDArray[np.float64]
H = hm.Hamiltonian(profile=hm.Exponential(0.3))


def bowl(w: Array) -> tuple[float, Array]:
    return 0.5 * float(w @ w), w


@pytest.fixture
def ax() -> Iterator[Axes]:
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


@pytest.fixture(autouse=True)
def _nothing_global_changes() -> Iterator[None]:
    before = matplotlib.rcParams.copy()
    open_before = plt.get_fignums()
    yield
    assert matplotlib.rcParams == before
    for number in set(plt.get_fignums()) - set(open_before):
        plt.close(number)


def run(steps: int = 30, **options: object) -> object:
    optimizer = H.optimizer(step=0.1)
    return hm.minimize(bowl, np.array([1.0, -2.0]), optimizer, jac=True, steps=steps, **options)


def test_a_portrait_shows_the_flow_and_level_sets_of_h(ax: Axes) -> None:
    flow = H.flow(bowl, np.array([1.0, -2.0]), t=10.0, jac=True, points=101)
    assert hm.phase_portrait(flow, component=1, levels=5, ax=ax) is ax
    line = ax.get_lines()[0]
    np.testing.assert_array_equal(line.get_xdata(), flow.w[:, 1])
    np.testing.assert_array_equal(line.get_ydata(), flow.X[:, 1])
    (contours,) = ax.collections
    seen = 0
    for path in contours.get_paths():
        on_path = np.array(
            [flow.energy_at(_at(flow.w, x), _at(flow.X, y)) for x, y in path.vertices]
        )
        seen += len(on_path)
        assert np.ptp(on_path) < 0.02 * np.ptp(contours.get_array())
    assert seen > 100
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$w_{2}$", "$X_{2}$")


def _at(rows: Array, value: float) -> Array:
    """The last row with another second component."""
    return np.array([rows[-1, 0], value])


def test_a_portrait_without_level_sets_is_a_line(ax: Axes) -> None:
    flow = H.flow(bowl, np.array([1.0]), t=1.0, jac=True, points=11)
    hm.phase_portrait(flow, levels=0, ax=ax, color="red")
    assert not ax.collections
    assert ax.get_lines()[0].get_color() == "red"


def test_the_ledger_adds_up_to_h(ax: Axes) -> None:
    result = run()
    assert hm.energy_ledger(result, ax=ax) is ax
    drawn = {line.get_label(): np.asarray(line.get_ydata()) for line in ax.get_lines()}
    assert list(drawn) == ["kinetic", "potential", "heat", "drift of H"]
    start = 0.5 * (1.0 + 4.0)  # at rest: H is the loss
    cooled = start * np.exp(-0.3 * 0.1 * np.arange(31))
    total = drawn["kinetic"] + drawn["potential"] + drawn["heat"]
    np.testing.assert_allclose(total - cooled, drawn["drift of H"], atol=1e-12)


def test_a_run_without_energies_has_no_ledger() -> None:
    result = run(ledger=False)
    with pytest.raises(hm.errors.MissingTraceError, match=r"kept no energies; .*ledger=True"):
        hm.energy_ledger(result)


def test_convergence_of_one_run_is_logarithmic_without_a_legend(ax: Axes) -> None:
    assert hm.convergence(run(), ax=ax) is ax
    assert (ax.get_yscale(), ax.get_legend(), ax.get_ylabel()) == ("log", None, "loss")


def test_convergence_names_each_run_in_a_colour_of_its_own(ax: Axes) -> None:
    hm.convergence({f"run {n}": run(steps=n) for n in (3, 5)}, minimum=-1.0, ax=ax)
    assert [line.get_label() for line in ax.get_lines()] == ["run 3", "run 5"]
    assert len({line.get_color() for line in ax.get_lines()}) == 2
    assert np.asarray(ax.get_lines()[0].get_ydata())[0] == 2.5 + 1.0
    assert ax.get_ylabel() == "loss − minimum"


def test_convergence_draws_a_diverged_run_as_far_as_it_went(ax: Axes) -> None:
    wild = hm.Hamiltonian().optimizer(lr=1e3, momentum=0.9)
    with np.errstate(over="ignore"):
        result = hm.minimize(bowl, np.array([1.0]), wild, jac=True, steps=2000)
    assert result.status == 3
    hm.convergence({"wild": result}, ax=ax)
    ax.figure.canvas.draw()


def test_without_axes_a_new_figure_is_made() -> None:
    before = len(plt.get_fignums())
    axes = hm.convergence(run())
    assert len(plt.get_fignums()) == before + 1 and axes.figure is plt.gcf()
