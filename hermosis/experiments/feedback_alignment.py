"""Feedback alignment: learning without the transposed weights, since the weights follow."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

import hermosis as hm
from hermosis import autodiff as ad
from hermosis.analyse.drawing import COLOURS, GREY, WIDTH
from hermosis.experiments.experiment import Answer, Experiment
from hermosis.population import FeedbackLayer, angle

if TYPE_CHECKING:
    from matplotlib.figure import Figure

IN, HIDDEN, OUT, SAMPLES = 30, 20, 10, 200
RATE, STEPS = 0.1, 1500


class FeedbackAlignment(Experiment):
    """A linear network of two layers, taught by another: backpropagation and fixed feedback."""

    title = "Feedback alignment"
    claim = (
        "Credit that goes back through fixed random weights still teaches: the forward weights "
        "turn towards the feedback, until its signal is within 90° of the gradient."
    )
    source = "T. Lillicrap et al., arXiv:1411.0247"

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self.x = random.normal(size=(SAMPLES, IN))
        self.y = self.x @ random.normal(size=(IN, OUT)) / np.sqrt(IN)
        self.start = [
            random.normal(size=(IN, HIDDEN)) * 0.05,
            random.normal(size=(HIDDEN, OUT)) * 0.05,
        ]
        self.layer = FeedbackLayer(random.normal(size=(HIDDEN, OUT)) / np.sqrt(OUT))

    def exact(self, w: Any) -> Any:
        """The loss, whose derivative goes back through the weights."""
        return ad.mse(self.x @ w[0] @ w[1], self.y)

    def fed(self, w: Any) -> Any:
        """The same loss, whose derivative goes back through the feedback."""
        return ad.mse(self.layer(self.x @ w[0], w[1]), self.y)

    @cached_property
    def runs(self) -> dict[str, Any]:
        """The points of both ways to learn."""
        opt = hm.optimizers.SGD(lr=RATE)
        return {
            name: hm.minimize(loss, self.start, opt, steps=STEPS, keep=True)
            for name, loss in (("backpropagation", self.exact), ("feedback alignment", self.fed))
        }

    @cached_property
    def angles(self) -> Any:
        """The angle between what the first layer is told and its gradient, at each step."""
        told, due = ad.grad(self.fed), ad.grad(self.exact)
        return np.array(
            [angle(told(w)[0], due(w)[0]) for w in self.runs["feedback alignment"].trace.w]
        )

    def answers(self) -> Iterator[Answer]:
        start = [float(run.trace.fun[0]) for run in self.runs.values()]
        yield Answer("both begin at the same loss", start[1], start[0], within=1e-12)
        yield Answer(
            "angle to the gradient at the end", float(self.angles[-1]), 90.0, relation="<="
        )
        yield Answer(
            "angle after a third of the run", float(self.angles[STEPS // 3]), 60.0, relation="<="
        )
        for name, run in self.runs.items():
            yield Answer(
                f"{name}: share of the loss left", float(run.fun) / start[0], 0.01, relation="<="
            )

    def draw(self, figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        for (name, run), colour in zip(self.runs.items(), COLOURS, strict=False):
            left.semilogy(run.trace.fun, color=colour, linewidth=WIDTH, label=name)
        left.set(xlabel="step", ylabel="loss")
        left.legend(frameon=False)
        right.plot(self.angles, color=COLOURS[1], linewidth=WIDTH)
        right.axhline(90.0, color=GREY, linewidth=0.8)
        right.set(xlabel="step", ylabel="angle to the gradient (degrees)", ylim=(0, 120))
