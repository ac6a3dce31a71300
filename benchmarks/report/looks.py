"""How each contestant looks: the same colour and dash in every figure and on the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.engine.contestant import Contestant

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Okabe and Ito's palette without black and yellow: told apart by every kind of eye."""

DASHES = {
    "yours": ("solid", "longdashdot"),
    "hermosis": ("solid", "longdashdot"),
    "classical": ("dash", "dashdot"),
    "guest": ("dot", "longdash"),
}
"""By kind; the second, where the first is taken in that colour. In the words of Plotly."""

WIDTHS = {"yours": 3.0, "hermosis": 2.2, "classical": 1.7, "guest": 2.0}

INK = "#1a1b1c"
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


@dataclass(frozen=True)
class Look:
    """A contestant's name, and how its lines are drawn."""

    name: str
    kind: str
    colour: int
    """The place in `COLOURS`."""
    dash: str
    width: float


def looks(contestants: Sequence[Contestant]) -> list[Look]:
    """A colour and dash for each, no two alike while there are pairs left."""
    told: list[Look] = []
    taken: set[tuple[int, str]] = set()
    for place, contestant in enumerate(contestants):
        colour = place % len(COLOURS)
        first, second = DASHES[contestant.kind]
        dash = second if (colour, first) in taken else first
        taken.add((colour, dash))
        told.append(Look(contestant.name, contestant.kind, colour, dash, WIDTHS[contestant.kind]))
    return told
