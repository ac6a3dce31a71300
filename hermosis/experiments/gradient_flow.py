"""Gradient flow against gradient descent: descent follows the flow of a loss that is modified."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

import hermosis as hm
from hermosis import autodiff as ad
from hermosis.analyse.drawing import COLOURS, GREY, WIDTH
from hermosis.experiments.experiment import Answer, Experiment
from hermosis.experiments.flows import gradient_flow

if TYPE_CHECKING:
    from matplotlib.figure import Figure

START, LENGTH = np.array([-1.0, 1.0]), 1.0
COUNTS = (32, 64, 128, 256, 512)


def loss(w: Any) -> Any:
    """A curved valley."""
    return (1.0 - w[0]) ** 2 / 4 + (w[1] - w[0] ** 2) ** 2


def modified(w: Any, rate: float) -> Any:
    """Return the loss whose flow descent follows one order better: L + η‖∇L‖²/4."""
    return loss(w) + rate / 4 * ad.sum(ad.grad(loss)(w) ** 2)


def flow(fun: Callable[[Any], Any], points: int = 2) -> Any:
    """Return the gradient flow of a loss at times up to LENGTH, one row for each."""
    return np.array(gradient_flow(fun, START, LENGTH, np.linspace(0.0, LENGTH, points))[1])


class GradientFlow(Experiment):
    """The distance of descent from two flows, as its step shrinks."""

    title = "Gradient flow and gradient descent"
    claim = (
        "Descent with step η is η-close to the flow of −∇L and η²-close to that of "
        "−∇(L + η‖∇L‖²/4): a finite step prefers flat ground."
    )
    source = "backward error analysis; D. Barrett and B. Dherin, arXiv:2009.11162"

    @cached_property
    def gaps(self) -> tuple[Any, Any]:
        """How far descent ends from the flow, and from the modified one, for each count."""
        exact = flow(loss)[-1]
        plain, better = [], []
        for count in COUNTS:
            rate = LENGTH / count
            end = hm.minimize(loss, START, hm.optimizers.SGD(lr=rate), steps=count).x
            plain.append(np.linalg.norm(end - exact))
            better.append(np.linalg.norm(end - flow(partial(modified, rate=rate))[-1]))
        return np.array(plain), np.array(better)

    def answers(self) -> Iterator[Answer]:
        for name, gap, order in zip(
            ("the flow", "the modified flow"), self.gaps, (1.00, 1.99), strict=True
        ):
            found = float(np.log2(gap[-2] / gap[-1]))
            yield Answer(f"order against {name}", found, order, within=0.015)

    def draw(self, figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        x, y = np.meshgrid(np.linspace(-1.1, 0.6, 121), np.linspace(-0.1, 1.2, 121))
        left.contour(x, y, np.sqrt(loss([x, y])), levels=14, colors=GREY, linewidths=0.5)
        count = 6
        rate = LENGTH / count
        run = hm.minimize(loss, START, hm.optimizers.SGD(lr=rate), steps=count, keep=True)
        left.plot(*flow(loss, 100).T, color="black", linewidth=WIDTH, label="flow of −∇L")
        bent = flow(lambda w: modified(w, rate), 100)
        left.plot(*bent.T, color=COLOURS[1], linewidth=WIDTH, label="modified flow")
        left.plot(*np.array(run.trace.w).T, "o", color=COLOURS[0], label=f"descent, η = 1/{count}")
        left.set(xlabel="w₁", ylabel="w₂")
        left.legend(frameon=False)
        rates = LENGTH / np.array(COUNTS)
        for name, gap, colour in zip(("flow", "modified flow"), self.gaps, COLOURS, strict=False):
            right.loglog(rates, gap, "o-", color=colour, linewidth=WIDTH, label=f"from the {name}")
        for order in (1, 2):
            right.loglog(rates, self.gaps[order - 1][0] * (rates / rates[0]) ** order, ":k", lw=1)
        right.set(xlabel="step η", ylabel="distance at the end (dotted: η, η²)")
        right.minorticks_off()
        right.set_xticks(rates, [f"1/{count}" for count in COUNTS])
        right.legend(frameon=False)
