"""Pictures of runs: axes in, axes out; nothing is shown, and no global setting is touched.

Matplotlib is imported when the first picture is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from hermosis.analyse.drawing import COLOURS, GREY, WIDTH, axes
from hermosis.analyse.maps import basins, tuning
from hermosis.errors import MissingTraceError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from scipy.optimize import OptimizeResult

    from hermosis.analyse.flow import FlowResult
    from hermosis.run.trace import Trace

__all__ = ["COLOURS", "basins", "convergence", "energy_ledger", "phase_portrait", "tuning"]

RESOLUTION = 81
#: A loss above this has left the picture; Matplotlib cannot draw the largest numbers.
HIGHEST = 1e100


def phase_portrait(
    flow: FlowResult,
    *,
    component: int = 0,
    levels: int = 12,
    ax: Axes | None = None,
    **style: Any,
) -> Axes:
    """Draw a flow in the plane of one weight and its moment, over the level sets of H.

    Parameters
    ----------
    flow : from `Hamiltonian.flow`.
    component : which number of the parameter set, counted flat.
    levels : how many level sets of H, at the last U and β; the other components stand where the
        flow ended. None with 0.
    ax : where to draw; a new figure unless given.
    style : for the line, as in `matplotlib.axes.Axes.plot`.

    >>> import numpy as np, hermosis as hm
    >>> H = hm.Hamiltonian(profile=hm.Exponential(0.3))
    >>> flow = H.flow(lambda w: (0.5 * float(w @ w), w), np.array([1.0]), t=20.0, jac=True)
    >>> phase_portrait(flow).get_xlabel()
    '$w$'
    """
    ax = axes(ax)
    w, X = flow.w[:, component], flow.X[:, component]
    looks: dict[str, Any] = {"color": COLOURS[0], "linewidth": WIDTH} | style
    (line,) = ax.plot(w, X, **looks)
    ax.plot(w[0], X[0], marker="o", color=line.get_color(), markersize=5)
    ax.plot(w[-1], X[-1], marker="*", color=line.get_color(), markersize=10)
    if levels:
        _level_sets(ax, flow, component, levels)
    index = f"_{{{component + 1}}}" if flow.w.shape[1] > 1 else ""
    ax.set(xlabel=f"$w{index}$", ylabel=f"$X{index}$")
    return ax


def energy_ledger(result: OptimizeResult, *, ax: Axes | None = None) -> Axes:
    """Draw where the energy is at each step of a run: motion, loss, heat, and the drift of H.

    All are per unit of the present thermal mass. The exact flow conserves H, so that the drift is
    the error of the word. Raises `MissingTraceError` for a run without energies.

    >>> import numpy as np, hermosis as hm
    >>> bowl = lambda w: (0.5 * float(w @ w), w)
    >>> optimizer = hm.Hamiltonian().optimizer(lr=0.1, momentum=0.9)
    >>> result = hm.minimize(bowl, np.array([1.0, -2.0]), optimizer, jac=True, steps=50)
    >>> [line.get_label() for line in energy_ledger(result).get_lines()][:3]
    ['kinetic', 'potential', 'heat']
    """
    trace: Trace = result.trace
    if trace.kinetic is None or trace.drift is None:
        raise MissingTraceError(
            "this run kept no energies; run hm.minimize(..., ledger=True) with an optimizer that "
            "comes from a Hamiltonian"
        )
    ax = axes(ax)
    for colour, name in zip(COLOURS, ("kinetic", "potential", "heat"), strict=False):
        ax.plot(getattr(trace, name), label=name, color=colour, linewidth=WIDTH)
    ax.plot(trace.drift, label="drift of H", color="black", linewidth=WIDTH / 2)
    ax.set(xlabel="step", ylabel="energy / thermal mass")
    ax.legend(frameon=False)
    return ax


def convergence(
    results: OptimizeResult | Mapping[str, OptimizeResult],
    *,
    minimum: float = 0.0,
    ax: Axes | None = None,
    **style: Any,
) -> Axes:
    """Draw the loss of one run, or of several by name, against the steps.

    Parameters
    ----------
    results : a result of `minimize`, or a dict of them.
    minimum : the least loss, where it is known; what is above it is drawn, on a logarithmic axis
        where nothing is below it.
    ax : where to draw; a new figure unless given.
    style : for the lines, as in `matplotlib.axes.Axes.plot`.

    >>> import numpy as np, hermosis as hm
    >>> bowl = lambda w: (0.5 * float(w @ w), w)
    >>> run = lambda momentum: hm.minimize(
    ...     bowl, np.ones(3), hm.optimizers.Momentum(lr=0.1, momentum=momentum), jac=True, steps=50)
    >>> convergence({"slow": run(0.5), "fast": run(0.9)}).get_yscale()
    'log'
    """
    named = {"": results} if "trace" in results else results
    ax = axes(ax)
    lowest = np.inf
    for position, (name, result) in enumerate(named.items()):
        gap = result.trace.fun - minimum
        gap = np.where(np.abs(gap) < HIGHEST, gap, np.nan)
        lowest = min(lowest, np.nanmin(gap, initial=np.inf))
        colour = COLOURS[position % len(COLOURS)]
        looks: dict[str, Any] = {"color": colour, "linewidth": WIDTH} | style
        ax.plot(gap, label=name or None, **looks)
    ax.set(xlabel="step", ylabel="loss − minimum" if minimum else "loss")
    if lowest >= 0:
        ax.set_yscale("log", nonpositive="mask")
    if any(named):
        ax.legend(frameon=False)
    return ax


def _level_sets(ax: Axes, flow: FlowResult, component: int, levels: int) -> None:
    """Draw H over what the axes show, at evenly spaced distances from its least value there."""
    ax.margins(0.12)
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    across, up = np.linspace(left, right, RESOLUTION), np.linspace(low, high, RESOLUTION)
    w, X = flow.w[-1].copy(), flow.X[-1].copy()
    heights = np.empty((RESOLUTION, RESOLUTION))
    for row, column in np.ndindex(heights.shape):
        w[component], X[component] = across[column], up[row]
        heights[row, column] = flow.energy_at(w, X)
    least, most = np.nanmin(heights), np.nanmax(heights)
    at = least + (most - least) * (np.arange(1, levels + 1) / (levels + 1)) ** 2
    ax.contour(across, up, heights, levels=at, colors=GREY, linewidths=0.6, zorder=0)
    ax.set(xlim=(left, right), ylim=(low, high))
