"""Exactly solvable chaos: gradient descent in a double well is the cubic map."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

import hermosis as hm
from hermosis import autodiff as ad
from hermosis.analyse.drawing import COLOURS, GREY
from hermosis.experiments.experiment import Answer, Experiment

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Where the fixed point gives way to a cycle of two, that to one of four, the two wells become one
#: attractor, and almost every start is lost.
EVENTS = {
    "cycle of two": 1.0,
    "cycle of four": sqrt(5) - 1,
    "wells merge": 1.5 * sqrt(3) - 1,
    "escape": 2.0,
}


def loss(x: Any) -> Any:
    """The double well."""
    return (x**2 - 1.0) ** 2 / 4


def descend(x: Any, rate: Any) -> Any:
    """Make one step of gradient descent in each of many wells."""
    return x - rate * ad.grad(lambda x: ad.sum(loss(x)))(x)


def multiplier(rate: float, period: int) -> float:
    """Return by how much a cycle near the well at 1 multiplies what is near it."""
    from scipy.optimize import brentq

    def around(x: Any) -> Any:
        for _ in range(period):
            x = descend(x, rate)
        return x

    if period == 1:
        at = 1.0
    else:  # beside the fixed point, which is on every cycle
        at = brentq(lambda x: (around(x) - x) / (x - 1.0), 1.0 + 1e-9, sqrt(1 + 2 / rate) - 1e-9)
    return float(ad.jvp(around)(at, 1.0))


def top(rate: float) -> tuple[float, float]:
    """Return where the map is largest between the wells, and how large: its critical point."""
    from scipy.optimize import brentq

    at = brentq(lambda x: ad.jvp(lambda x: descend(x, rate))(x, 1.0), 0.0, 1.0)
    return float(at), float(descend(at, rate))


class Chaos(Experiment):
    """x ← x − ηx(x² − 1), from a fixed point through doublings to chaos and escape."""

    title = "Exactly solvable chaos"
    claim = (
        "With a growing step, gradient descent in a double well passes from convergence through "
        "cycles to chaos; all its thresholds are known in closed form."
    )
    source = "the cubic map; thresholds by algebra"

    @cached_property
    def diagram(self) -> tuple[Any, Any]:
        """Late points of descent, for each of many steps."""
        rates = np.linspace(0.7, 2.05, 1400)
        x = np.tile(np.array([[0.3], [-0.3]]), (1, len(rates)))
        kept = []
        with np.errstate(over="ignore", invalid="ignore"):
            for step in range(1200):
                x = descend(x, rates)
                if step >= 1000:
                    kept.append(x)
        return rates, np.array(kept)

    def answers(self) -> Iterator[Answer]:
        from scipy.optimize import brentq

        found = brentq(lambda r: multiplier(r, 1) + 1, 0.5, 1.5)
        yield Answer("the fixed point is stable up to η", found, EVENTS["cycle of two"], 1e-9)
        found = brentq(lambda r: multiplier(r, 2) + 1, 1.05, 1.5)
        yield Answer("the cycle of two, up to", found, EVENTS["cycle of four"], 1e-7)
        found = brentq(lambda r: descend(top(r)[1], r), 1.2, 1.9)
        yield Answer("the wells merge at", found, EVENTS["wells merge"], 1e-9)
        found = brentq(lambda r: top(r)[1] - sqrt(1 + 2 / r), 1.5, 2.5)
        yield Answer("the escape begins at", found, EVENTS["escape"], 1e-9)
        for rate in (0.5, 1.1, 1.5, 1.9):
            edge = sqrt(1 + 2 / rate)
            for factor in (1 - 1e-6, 1 + 1e-6):
                start, opt = np.array([factor * edge]), hm.optimizers.SGD(lr=rate)
                with np.errstate(over="ignore", invalid="ignore"):
                    end = hm.minimize(lambda w: ad.sum(loss(w)), start, opt, steps=200)
                yield Answer(
                    f"η = {rate}: diverges from {factor:.6f}·√(1 + 2/η)",
                    float(end.status == 3), float(factor > 1),
                )  # fmt: skip

    def draw(self, figure: Figure) -> None:
        axes = figure.subplots()
        rates, points = self.diagram
        for well, colour in ((0, COLOURS[0]), (1, COLOURS[1])):
            x = np.where(np.abs(points[:, well]) < 2, points[:, well], np.nan)
            axes.plot(rates, x.T, ",", color=colour, alpha=0.4, rasterized=True)
        for name, rate in EVENTS.items():
            axes.axvline(rate, color=GREY, linewidth=0.8, zorder=0)
            axes.text(rate, 1.62, f" {name}", fontsize=8, va="bottom", rotation=20)
        axes.set(xlabel="step η", ylabel="late points x", xlim=(0.7, 2.05), ylim=(-1.6, 1.6))
