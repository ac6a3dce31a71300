"""Adam's first step, and the example on which Adam goes to the worst point."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

import hermosis as hm
from hermosis.analyse.drawing import COLOURS, GREY, WIDTH
from hermosis.experiments.experiment import Answer, Experiment

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LARGE, STEPS = 4.0, 6000


def slope(step: int) -> float:
    """Return the slope of the loss of a step: C·x every third time, otherwise −x."""
    return LARGE if step % 3 == 0 else -1.0


def betas() -> tuple[float, float]:
    """Return Reddi's choice, b₁ = 0 and b₂ = 1/(1 + C²)."""
    return 0.0, 1 / (1 + LARGE**2)


class AdamExamples(Experiment):
    """Losses Cx, −x, −x, Cx, … on [−1, 1]: their mean is least at −1."""

    title = "Where Adam fails"
    claim = (
        "Adam's first step is η·sign(g), whatever the gradient's size. Where rare large gradients "
        "are right and frequent small ones wrong, Adam forgets the large one and goes to the worst "
        "point; AMSGrad, which keeps the largest, goes to the best."
    )
    source = "S. Reddi, S. Kale, S. Kumar, arXiv:1904.09237, theorem 1 with C = 4"

    @cached_property
    def runs(self) -> dict[str, Any]:
        """The points of both methods, step by step, with the step 0.5/√t."""
        found = {}
        for name, amsgrad in (("Adam", False), ("AMSGrad", True)):
            opt = hm.optimizers.Adam(
                lr=lambda t: 0.5 / np.sqrt(t + 1), betas=betas(), eps=1e-12, amsgrad=amsgrad
            )
            x = np.array([0.0])
            state, points = opt.init(x), [0.0]
            for step in range(STEPS):
                opt.step(x, np.array([slope(step)]), state)
                x[...] = np.clip(x, -1.0, 1.0)
                points.append(float(x[0]))
            found[name] = np.array(points)
        return found

    def answers(self) -> Iterator[Answer]:
        random = np.random.default_rng(0)
        gradient = random.normal(size=50) * 10.0 ** random.integers(-6, 6, 50)
        w, opt = np.zeros(50), hm.optimizers.Adam(lr=0.1, eps=0.0)
        opt.step(w, gradient, opt.init(w))
        apart = float(np.abs(w + 0.1 * np.sign(gradient)).max())
        yield Answer("Adam's first step, apart from −η·sign(g)", apart, 0.0, within=1e-15)
        for name, due in (("Adam", 1.0), ("AMSGrad", -1.0)):
            late = float(np.mean(self.runs[name][-300:]))
            yield Answer(f"where {name} goes", late, due, within=0.05)

    def draw(self, figure: Figure) -> None:
        axes = figure.subplots()
        for (name, points), colour in zip(self.runs.items(), COLOURS, strict=False):
            axes.plot(points, color=colour, linewidth=WIDTH / 2, label=name)
        for y, word in ((1.0, "worst point"), (-1.0, "best point")):
            axes.axhline(y, color=GREY, linewidth=0.8, zorder=0)
            axes.text(STEPS, y, word, ha="right", va="bottom" if y < 0 else "top")
        axes.set(xlabel="step", ylabel="x", ylim=(-1.25, 1.25), xscale="symlog")
        axes.legend(frameon=False, loc="center right")
