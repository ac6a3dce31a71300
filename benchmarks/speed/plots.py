"""Pictures: time against n for each method and dtype, with the copy loop as the limit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from itertools import cycle
from typing import TYPE_CHECKING, Any, cast

from benchmarks.report.looks import COLOURS, INK, STYLE
from benchmarks.speed.claims import BY_HAND, LIMIT
from benchmarks.speed.row import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DRAWN = ("step", "growth")
GREY = "#7f7f7f"
PLAIN = dict.fromkeys(LIMIT, INK) | dict.fromkeys(BY_HAND, GREY)
"""What needs no colour: there are more contestants than colours that every eye tells apart."""
DASHES = {"hermosis": "solid", "NumPy": (0, (5, 1.6)), "PyTorch": (0, (1, 1.2))}
"""How a contestant's line is drawn, by the first word of its name; optax: dash and dot."""


def figures(rows: Sequence[Row]) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Each picture's name, and the bytes of its PNG and SVG: a panel for each dtype."""
    timed = [row for row in rows if row.part in DRAWN and row.counts]
    looks = _looks(list(dict.fromkeys(row.contestant for row in timed)))
    for part, method in dict.fromkeys((row.part, row.method) for row in timed):
        own = [row for row in timed if (row.part, row.method) == (part, method)]
        yield f"{part}-{method.replace(' ', '-')}", figure(method, own, looks)


def figure(method: str, rows: Sequence[Row], looks: dict[str, dict[str, Any]]) -> dict[str, bytes]:
    """One picture of one method."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    dtypes = list(dict.fromkeys(row.dtype for row in rows))
    with matplotlib.rc_context(cast(Any, STYLE)):
        drawn = Figure(figsize=(4.4 * len(dtypes) + 2.2, 4.2), layout="constrained")
        FigureCanvasAgg(drawn)
        panels = drawn.subplots(1, len(dtypes), sharey=True, squeeze=False)[0]
        for panel, dtype in zip(panels, dtypes, strict=True):
            times(panel, [row for row in rows if row.dtype == dtype], looks)
            panel.set_title(f"{method}, {dtype}", fontsize=10)
        panels[0].set_ylabel("seconds for one step")
        panels[-1].legend(loc="upper left", bbox_to_anchor=(1.01, 1.02), frameon=False)
        return {
            "png": _saved(drawn, "png", dpi=140, metadata={"Software": None}),
            "svg": _saved(drawn, "svg", transparent=True, metadata={"Date": None}),
        }


def times(ax: Axes, rows: Sequence[Row], looks: dict[str, dict[str, Any]]) -> Axes:
    """Draw medians with quartiles against n, both axes logarithmic."""
    for contestant in dict.fromkeys(row.contestant for row in rows):
        own = sorted((row for row in rows if row.contestant == contestant), key=lambda r: r.n)
        n = [row.n for row in own]
        ax.plot(n, [_known(r.median_s) for r in own], label=contestant, **looks[contestant])
        low, high = [_known(r.q25_s) for r in own], [_known(r.q75_s) for r in own]
        ax.fill_between(n, low, high, color=looks[contestant]["color"], alpha=0.13, linewidth=0)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlabel("n")
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(which="major", linewidth=0.4, alpha=0.35)
    return ax


def _looks(contestants: Sequence[str]) -> dict[str, dict[str, Any]]:
    colours = cycle(COLOURS)
    found: dict[str, dict[str, Any]] = {}
    for name in contestants:
        dash = DASHES.get(name.split()[0].strip(","), (0, (4, 1.2, 1, 1.2)))
        width = 2.6 if name == "hermosis" else 1.6
        found[name] = {"linestyle": dash, "linewidth": width, "marker": "o", "markersize": 3}
        found[name]["color"] = PLAIN[name] if name in PLAIN else next(colours)
    for name in LIMIT:
        if name in found:
            found[name] |= {"linestyle": (0, (2, 2)), "linewidth": 1.2, "marker": "x"}
    return found


def _known(value: float | None) -> float:
    assert value is not None
    return value


def _saved(figure: Any, kind: str, **how: Any) -> bytes:
    buffer = BytesIO()
    figure.savefig(buffer, format=kind, **how)
    return buffer.getvalue()
