"""Pictures of ensembles: basins of attraction, and what hyperparameters lead to."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from hermosis.analyse.clusters import clustered
from hermosis.analyse.drawing import COLOURS, GREY, axes
from hermosis.compile.objective import Symbolic
from hermosis.errors import HyperparameterError
from hermosis.run.ensembles import ensemble
from hermosis.run.optimizer import Optimizer
from hermosis.run.parameters import Array
from hermosis.run.trace import Series

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: The colour of basins beyond the largest ones, and that of hatched ground.
OTHER, GROUND = "0.75", "0.92"
STAR: dict[str, Any] = {
    "marker": "*",
    "linestyle": "",
    "color": "white",
    "markeredgecolor": "black",
    "markersize": 13,
    "clip_on": False,
}


def basins(
    fun: Symbolic | Callable[..., Any],
    opt: Optimizer,
    box: tuple[tuple[float, float], tuple[float, float]],
    *,
    resolution: int = 400,
    steps: int = 1000,
    radius: float = 0.01,
    levels: int = 12,
    ax: Axes | None = None,
) -> Axes:
    """Draw which minimum a run reaches from each start in a plane.

    Parameters
    ----------
    fun : a loss of two weights, as `hm.ensemble` takes it.
    opt : an optimizer.
    box : the lowest and the highest start, for each of the two weights.
    resolution : starts along each side.
    steps : of each run.
    radius : ends that are closer than this, as a share of the box, are one minimum.
    levels : how many level sets of the loss; None with 0.
    ax : where to draw; a new figure unless given.

    The largest basins have colours, and their minima are stars; what ends elsewhere is grey, and
    what diverged is white.

    >>> import hermosis as hm
    >>> well = hm.symbolic(lambda x, y: (x**2 - 1) ** 2 + y**2)
    >>> ax = basins(well, hm.optimizers.Momentum(lr=0.02), ((-2, 2), (-2, 2)), resolution=20)
    >>> len(ax.get_lines()[0].get_xdata())  # the minima
    2
    """
    from matplotlib.colors import ListedColormap

    sides = [np.linspace(low, high, resolution) for low, high in box]
    starts = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2)
    found = ensemble(fun, starts, opt, steps)
    spans = np.ptp(np.array(box, dtype=float), axis=1)
    labels, centres = clustered(found.x, found.finite, radius * spans, len(COLOURS))
    ax = axes(ax)
    kinds = ListedColormap(["white", OTHER, *COLOURS])
    shown = labels.reshape(resolution, resolution)
    ax.pcolormesh(*sides, shown, cmap=kinds, vmin=-2.5, vmax=len(COLOURS) - 0.5, alpha=0.75)
    if levels:
        heights = ensemble(fun, starts, opt, 0).fun.reshape(shown.shape)
        at = np.unique(np.nanquantile(heights, np.linspace(0, 1, levels + 2)[1:-1] ** 2))
        ax.contour(*sides, heights, levels=at, colors="black", linewidths=0.4, alpha=0.5)
    ax.plot(*centres.T, **STAR)
    names = [str(symbol) for symbol in getattr(fun, "symbols", ("w_1", "w_2"))]
    ax.set(xlim=box[0], ylim=box[1], xlabel=f"${names[0]}$", ylabel=f"${names[1]}$")
    return ax


def tuning(
    fun: Symbolic | Callable[..., Any],
    w0: Array,
    opt: Optimizer,
    *,
    steps: int = 100,
    minimum: float = 0.0,
    ax: Axes | None = None,
    **hyperparameters: Any,
) -> Axes:
    """Draw what a run reaches over two hyperparameters.

    Parameters
    ----------
    fun : a loss, as `hm.ensemble` takes it.
    w0 : the start of every run, (d,).
    opt : an optimizer.
    steps : of each run.
    minimum : the least loss, where it is known; what is above it is drawn, as a power of ten.
    ax : where to draw; a new figure unless given.
    hyperparameters : two of them by name, each with its values in rising order; the first goes to
        the right.

    What ends above the start has the darkest colour, what diverged is hatched, and the best cell
    is a star. Raises `errors.HyperparameterError` unless there are two hyperparameters.

    >>> import numpy as np, hermosis as hm
    >>> well = hm.symbolic(lambda x, y: (x**2 - 1) ** 2 + y**2)
    >>> momentum = hm.optimizers.Momentum()
    >>> rates, shares = np.logspace(-3, 0, 20), np.linspace(0.0, 0.95, 15)
    >>> ax = tuning(well, np.array([2.0, 1.0]), momentum, lr=rates, momentum=shares)
    >>> ax.get_xlabel(), ax.get_xscale()
    ('lr', 'log')
    """
    if len(hyperparameters) != 2:
        raise HyperparameterError(
            f"{len(hyperparameters)} hyperparameters are given; give two, each with its values, "
            "such as lr=np.logspace(-3, 0, 50), momentum=np.linspace(0, 0.99, 50)"
        )
    (across, xs), (up, ys) = ((n, np.asarray(v, dtype=float)) for n, v in hyperparameters.items())
    grid = dict(zip((across, up), (a.ravel() for a in np.meshgrid(xs, ys)), strict=True))
    found = ensemble(fun, w0, opt, steps, **grid)
    ax = axes(ax)
    heights = np.where(found.finite, found.fun - minimum, np.nan).reshape(len(ys), len(xs))
    highest = float(ensemble(fun, w0, opt, 0).fun[0]) - minimum
    _heat_map(ax, xs, ys, heights, highest, f"loss after {steps} steps")
    ax.set(xlabel=across, ylabel=up)
    return ax


def _heat_map(
    ax: Axes, xs: Series, ys: Series, heights: Series, highest: float, label: str
) -> None:
    """Draw a table of losses, on a logarithmic scale; what is NaN is hatched."""
    from matplotlib.colors import LogNorm

    ax.patch.set(facecolor=GROUND, hatch="////", edgecolor=GREY)
    positive = heights[heights > 0]
    lowest = max(float(np.min(positive, initial=highest)), 1e-16 * highest)
    norm = LogNorm(lowest, highest) if 0 < lowest < highest else None
    edges, scales = zip(*map(_edges, (xs, ys)), strict=True)
    kept = np.where(heights > lowest, heights, lowest) if norm else heights
    shown = np.where(np.isnan(heights), np.nan, kept)
    mesh = ax.pcolormesh(*edges, shown, cmap="viridis_r", norm=norm)
    ax.set(xscale=scales[0], yscale=scales[1])
    if not np.isnan(heights).all():
        row, column = np.unravel_index(np.nanargmin(heights), heights.shape)
        ax.plot(xs[column], ys[row], **STAR)
    ax.figure.colorbar(mesh, ax=ax, label=label, extend="max")


def _edges(values: Series) -> tuple[Series, str]:
    """Return the borders between values, and the scale on which these are spaced most evenly."""
    if len(values) < 2:
        return values[0] + np.array([-0.5, 0.5]), "linear"
    logarithmic = values[0] > 0 and np.ptp(np.diff(np.log(values))) < 1e-6 * np.log(
        values[-1] / values[0]
    )
    own = np.log(values) if logarithmic else values
    middle = (own[1:] + own[:-1]) / 2
    borders = np.array([2 * own[0] - middle[0], *middle, 2 * own[-1] - middle[-1]])
    return (np.exp(borders), "log") if logarithmic else (borders, "linear")
