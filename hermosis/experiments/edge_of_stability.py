"""The edge of stability: where the flow ends too sharp for the step, descent ends elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

import hermosis as hm
from hermosis import autodiff as ad
from hermosis.analyse.drawing import COLOURS, GREY, WIDTH
from hermosis.experiments.experiment import Answer, Experiment
from hermosis.experiments.flows import gradient_flow

if TYPE_CHECKING:
    from matplotlib.figure import Figure

START = np.array([3.0, 0.1])
RATES = {0.22: 8.05, 0.23: 7.47, 0.24: 6.80}
STEPS = 4000


def loss(w: Any) -> Any:
    """A network of two weights that is to be 1."""
    return (w[0] * w[1] - 1.0) ** 2 / 2


def sharpness(w: Any) -> float:
    """Return the largest curvature."""
    return float(np.linalg.eigvalsh(ad.hessian(loss)(w))[-1])


class EdgeOfStability(Experiment):
    """L = (uv − 1)²/2 from (3, 0.1), by gradient flow and by gradient descent."""

    title = "The edge of stability"
    claim = (
        "The gradient flow keeps u² − v² and so ends at sharpness √((u² − v²)² + 4). Descent whose "
        "2/η is below that cannot stay there: it moves along the valley to a flatter minimum."
    )
    source = "the conserved quantity of the flow; J. M. Cohen et al., arXiv:2103.00065"

    @cached_property
    def flow(self) -> Any:
        """The gradient flow: the points, one to a column."""
        return np.array(gradient_flow(loss, START, 20.0)[1]).T

    @cached_property
    def descents(self) -> dict[float, Any]:
        """The points of gradient descent, by step."""
        return {
            rate: np.array(
                hm.minimize(loss, START, hm.optimizers.SGD(lr=rate), steps=STEPS, keep=True).trace.w
            )
            for rate in RATES
        }

    def answers(self) -> Iterator[Answer]:
        kept = START[0] ** 2 - START[1] ** 2
        end = self.flow[:, -1]
        yield Answer("u² − v² at the end of the flow", end[0] ** 2 - end[1] ** 2, kept, 1e-8)
        yield Answer("sharpness there", sharpness(end), sqrt(kept**2 + 4), within=1e-6)
        yield Answer("the same, as a number", sharpness(end), 9.2098, within=5e-5)
        for rate, due in RATES.items():
            last = sharpness(self.descents[rate][-1])
            yield Answer(f"sharpness where η = {rate} ends", last, due, within=5e-3)
            yield Answer(f"the same, below 2/η = {2 / rate:.4g}", last, 2 / rate, relation="<=")

    def draw(self, figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        u, v = np.meshgrid(np.linspace(2.2, 3.2, 161), np.linspace(0, 0.8, 161))
        left.contour(u, v, np.sqrt(loss([u, v])), levels=12, colors=GREY, linewidths=0.5)
        left.plot(*self.flow, color="black", linewidth=WIDTH, label="flow")
        for (rate, points), colour in zip(self.descents.items(), COLOURS, strict=False):
            left.plot(
                *points.T, ".-", color=colour, linewidth=0.4, markersize=3, label=f"η = {rate}"
            )
            sharp = [sharpness(w) for w in points[:200]]
            right.plot(sharp, color=colour, linewidth=WIDTH / 2, label=f"η = {rate}")
            right.axhline(2 / rate, color=colour, linestyle=":", linewidth=1)
        left.set(xlabel="u", ylabel="v", xlim=(2.2, 3.2), ylim=(0, 0.8))
        left.legend(frameon=False)
        right.axhline(
            sharpness(self.flow[:, -1]), color="black", linewidth=1, label="end of the flow"
        )
        right.set(xlabel="step", ylabel="sharpness (dotted: 2/η)")
        right.legend(frameon=False)
