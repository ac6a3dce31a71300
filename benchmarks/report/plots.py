"""Convergence curves, one figure per problem: medians over seeds, with quartiles as a band."""

from __future__ import annotations

import math
from collections.abc import Sequence
from io import BytesIO
from itertools import cycle
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from benchmarks.problem import Problem
from benchmarks.report.summary import Line
from benchmarks.row import checkpoints

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Okabe and Ito's palette without black and yellow: told apart by every kind of eye."""

DASHES: dict[str, Any] = {
    "yours": "solid",
    "hermosis": "solid",
    "classical": (0, (5, 1.6)),
    "guest": (0, (1, 1.2)),
}
WIDTHS = {"yours": 2.6, "hermosis": 2.0, "classical": 1.5, "guest": 1.8}
INK = "#1a1b1c"
"""The colour of text and axes; the page turns it into the reader's own."""

STYLE: dict[str, Any] = {
    "svg.hashsalt": "hermosis",
    "svg.fonttype": "none",
    "font.size": 10,
    "font.family": ["DejaVu Sans", "sans-serif"],
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


def styles(names_and_kinds: Sequence[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """A colour, dash and width for each contestant, the same in every figure."""
    colours = {dash: cycle(COLOURS) for dash in ("solid", "broken")}
    return {
        name: {
            "color": next(colours["solid" if DASHES[kind] == "solid" else "broken"]),
            "linestyle": DASHES[kind],
            "linewidth": WIDTHS[kind],
        }
        for name, kind in names_and_kinds
    }


def convergence(
    problem: Problem,
    lines: Sequence[Line],
    budget: int,
    style: dict[str, dict[str, Any]],
    ax: Axes,
) -> Axes:
    """Draw the gap at its best against the gradients spent."""
    counts = np.array(checkpoints(budget))
    for line in lines:
        curve = np.array(line.curve or [(math.inf,) * 3] * len(counts))
        low, middle, high = np.where(np.isfinite(curve), curve, np.nan).T
        label = f"{line.optimizer} ({line.state})" if line.state else line.optimizer
        looks = style[line.optimizer]
        ax.plot(counts, middle, label=label, gid=f"curve {line.optimizer}", **looks)
        band = ax.fill_between(counts, low, high, color=looks["color"], alpha=0.13, linewidth=0)
        band.set_gid(f"band {line.optimizer}")
    ax.set_yscale("log")
    ax.set_xlim(0, budget)
    ax.set_ylim(bottom=_depth(problem, lines))
    ax.axhline(problem.targets[-1], color=INK, linewidth=0.6, alpha=0.6, zorder=0)
    ax.annotate(
        "target",
        (1, problem.targets[-1]),
        xycoords=("axes fraction", "data"),
        xytext=(-2, 2),
        textcoords="offset points",
        ha="right",
        fontsize=8,
        alpha=0.8,
    )
    ax.set_xlabel("gradient evaluations")
    ax.set_ylabel("loss" if problem.minimum is None else "loss − minimum")
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(axis="y", which="major", linewidth=0.4, alpha=0.35)
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.02), frameon=False, handlelength=2.8)
    return ax


def _depth(problem: Problem, lines: Sequence[Line]) -> float | None:
    """How far down to draw: a little below the second best, so that one deep dive hides nobody."""
    finals = sorted(line.gap[1] for line in lines if math.isfinite(line.gap[1]))
    if not finals:
        return None
    return max(min(finals[:2][-1] / 30.0, problem.targets[-1] / 10.0), problem.floor / 3.0)


def figures(
    problem: Problem, lines: Sequence[Line], budget: int, style: dict[str, dict[str, Any]]
) -> dict[str, bytes]:
    """The figure of a problem as the bytes of a PNG and of an SVG, the same for the same lines."""
    import matplotlib

    with matplotlib.rc_context(cast(Any, STYLE)):
        figure = _figure()
        convergence(problem, lines, budget, style, figure.subplots())
        return {
            "png": _saved(figure, "png", dpi=160, metadata={"Software": None}),
            "svg": _saved(figure, "svg", transparent=True, metadata={"Date": None}),
        }


def _figure() -> Figure:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8.6, 4.4), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _saved(figure: Figure, kind: str, **how: Any) -> bytes:
    buffer = BytesIO()
    figure.savefig(buffer, format=kind, **how)
    return buffer.getvalue()
