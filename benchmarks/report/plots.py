"""Figures for papers: each function draws one thing on axes it is given, and gives them back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from benchmarks.engine.parameters import Array
from benchmarks.engine.quantity import Range
from benchmarks.engine.row import checkpoints
from benchmarks.problem import Problem
from benchmarks.report.looks import COLOURS, INK, Look
from benchmarks.report.profiles import data_profile, performance_profile, ratios
from benchmarks.report.summary import Line
from benchmarks.report.trials import Trial

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DASHES: dict[str, Any] = {
    "solid": "solid",
    "longdashdot": (0, (7, 1.6, 1.2, 1.6)),
    "dash": (0, (5, 1.6)),
    "dashdot": (0, (4, 1.4, 1, 1.4)),
    "dot": (0, (1, 1.2)),
    "longdash": (0, (8, 2)),
}
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Spent(NamedTuple):
    """Costs by (problem, target) pair and method, with the looks of the methods."""

    costs: Array
    looks: Sequence[Look]


class Course(NamedTuple):
    """The lines of one problem, with what each of their runs could spend."""

    problem: Problem
    lines: Sequence[Line]
    budget: int


class Search(NamedTuple):
    """One optimizer's trials on one problem, with the ranges they were searched in."""

    title: str
    quantity: str
    ranges: dict[str, Range]
    trials: Sequence[Trial]


def plot_convergence(course: Course, looks: Sequence[Look], *, ax: Axes) -> Axes:
    """Draw the gap against the gradients spent: medians over seeds, with quartiles as a band."""
    problem, lines, budget = course
    counts = np.array(checkpoints(budget))
    by_name = {look.name: look for look in looks}
    for line in lines:
        curve = np.array(line.curve or [(math.inf,) * 3] * len(counts))
        low, middle, high = np.where(np.isfinite(curve), curve, np.nan).T
        label = f"{line.optimizer} ({line.state})" if line.state else line.optimizer
        strokes = _strokes(by_name[line.optimizer])
        ax.plot(counts, middle, label=_plain(label), **strokes)
        ax.fill_between(counts, low, high, color=strokes["color"], alpha=0.13, linewidth=0)
    ax.set_yscale("log")
    _powers(ax, "y")
    ax.set_xlim(0, budget)
    if any(math.isfinite(line.gap[1]) for line in lines):
        ax.set_ylim(bottom=_depth(problem, lines))
    for target in problem.targets:
        ax.axhline(target, color=INK, linewidth=0.5, alpha=0.5, linestyle=":", zorder=0)
    ax.set_xlabel("gradient evaluations")
    ax.set_ylabel("loss" if problem.minimum is None else "loss − minimum")
    return _tidy(ax)


def _depth(problem: Problem, lines: Sequence[Line]) -> float:
    """How far down to draw: a little below the second best, so that one deep dive hides nobody."""
    finals = sorted(line.gap[1] for line in lines if math.isfinite(line.gap[1]))
    return max(min(finals[:2][-1] / 30.0, problem.targets[-1] / 10.0), problem.floor / 3.0)


def plot_performance_profile(spent: Spent, *, ax: Axes) -> Axes:
    """Draw the share of pairs solved within a factor of the fastest method."""
    factors = _corners(ratios(spent.costs), 1.0)
    shares = performance_profile(spent.costs, factors)
    _stairs(factors, shares, spent.looks, ax)
    ax.set_xscale("log")
    _powers(ax, "x")
    ax.set_xlim(1.0, max(float(factors[-1]), 1.1))
    ax.set_xlabel("factor of the fastest method")
    return _tidy(ax)


def plot_data_profile(spent: Spent, *, ax: Axes) -> Axes:
    """Draw the share of pairs solved within a share of the budget, in which costs are given."""
    limits = _corners(spent.costs, 0.0)
    _stairs(limits, data_profile(spent.costs, limits), spent.looks, ax)
    ax.set_xlim(0.0, max(float(limits[-1]), 0.01))
    ax.set_xlabel("gradients as a share of the budget")
    return _tidy(ax)


def _corners(values: Array, first: float) -> Array:
    corners: Array = np.unique([first, *values[np.isfinite(values)]])
    return corners


def _stairs(at: Array, shares: Array, looks: Sequence[Look], ax: Axes) -> None:
    for look, its in zip(looks, shares, strict=True):
        ax.step(at, its, where="post", label=_plain(look.name), **_strokes(look))
    ax.set_ylim(-0.02, 1.02)
    ax.set_ylabel("share of (problem, target) pairs")


def plot_landscape(search: Search, *, ax: Axes) -> Axes:
    """Draw where each trial ended over the first two hyperparameters; crosses are failures."""
    first, second = list(search.ranges)[:2]
    places = np.array([[dict(t.parameters)[n] for n in (first, second)] for t in search.trials])
    gaps = np.array([trial.gap for trial in search.trials])
    for column, (name, which) in enumerate(((first, "x"), (second, "y"))):
        scale = search.ranges[name].scale
        if scale == "complement":
            places[:, column] = 1.0 - places[:, column]
        ax.set(**{f"{which}scale": "linear" if scale == "even" else "log"})
        if scale != "even":
            _powers(ax, which)
        ax.set(**{f"{which}label": f"1 − {name}" if scale == "complement" else name})
    ended = np.isfinite(gaps)
    x, y = places.T
    drawn = ax.scatter(
        x[ended], y[ended], c=np.log10(gaps[ended]), cmap="viridis_r", edgecolors="white", s=42
    )
    ax.scatter(x[~ended], y[~ended], c=INK, marker="x", s=30, linewidths=1.0)
    ax.figure.colorbar(drawn, ax=ax, label=f"log₁₀ final {search.quantity}")
    ax.set_title(_plain(search.title), fontsize=10)
    return ax


def _powers(ax: Axes, which: str) -> None:
    """Powers of ten in plain letters: Matplotlib's own take most of the time of a figure."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    axis = getattr(ax, f"{which}axis")
    axis.set_major_formatter(FuncFormatter(lambda value, _: power(value)))
    axis.set_minor_formatter(NullFormatter())


def power(value: float) -> str:
    """A power of ten, such as 10⁻⁶; 1 and 10 as they are."""
    exponent = round(math.log10(value)) if value > 0.0 else 0
    if exponent in (0, 1):
        return str(10**exponent)
    return "10" + str(exponent).translate(SUPERSCRIPTS)


def legend(ax: Axes) -> None:
    """The methods in words, beside the axes."""
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.02), frameon=False, handlelength=2.8)


def _strokes(look: Look) -> dict[str, Any]:
    return {
        "color": COLOURS[look.colour],
        "linestyle": DASHES[look.dash],
        "linewidth": 0.9 * look.width,
    }


def _plain(text: str) -> str:
    """A text in which Matplotlib finds no mathematics."""
    return text.replace("$", r"\$")


def _tidy(ax: Axes) -> Axes:
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(axis="y", which="major", linewidth=0.4, alpha=0.35)
    return ax
