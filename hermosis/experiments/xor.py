"""XOR from scratch: what no line can do, and how often a small network finds it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

import hermosis as hm
from hermosis import autodiff as ad
from hermosis.analyse.drawing import COLOURS
from hermosis.experiments.experiment import Answer, Experiment

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CORNERS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
TARGETS = np.array([0.0, 1.0, 1.0, 0.0])
HIDDEN, SEEDS, STEPS = 3, 40, 400
SCALES = (0.0, 0.03, 0.3, 1.0, 3.0, 10.0)
RATES = (0.03, 0.1, 0.3, 1.0)
#: The error from which on all four corners are right.
SOLVED = 0.1


def outputs(w: Any, inputs: Any) -> Any:
    """Return the log-odds of a 1, one row for each network: tanh units, and a sum of them."""
    units = ad.tanh(inputs @ w["in"] + w["in bias"])
    return ad.squeeze(units @ w["out"], -1) + w["bias"]


def losses(w: Any) -> Any:
    """Return the mean cross-entropy of each network."""
    odds = outputs(w, CORNERS)
    return ad.mean(ad.softplus(odds) - TARGETS * odds, axis=1)


def start(scale: float, seed: int = 0) -> dict[str, Any]:
    """Return SEEDS networks with weights of that standard deviation."""
    random = np.random.default_rng(seed)

    def draw(*shape: int) -> Any:
        return scale * random.normal(size=(SEEDS, *shape))

    return {"in": draw(2, HIDDEN), "in bias": draw(1, HIDDEN), "out": draw(HIDDEN, 1),
            "bias": np.zeros((SEEDS, 1))}  # fmt: skip


def train(scale: float, rate: float) -> Any:
    """Return the final losses of SEEDS networks, which are trained side by side."""
    opt = hm.optimizers.Momentum(lr=rate, momentum=0.9)
    run = hm.minimize(lambda w: ad.sum(losses(w)), start(scale), opt, steps=STEPS)
    return np.asarray(ad.plain(losses(run.x)))


class Xor(Experiment):
    """The best line, and the success of networks over the scale of their start and the step."""

    title = "XOR from scratch"
    claim = (
        "No line does better than a mean squared error of 1/4. Networks with three tanh units "
        "solve it more or less often: never from zero, where their units are alike, and less from "
        "a large start, where the units are saturated."
    )
    source = "normal equations; permutation symmetry"

    @cached_property
    def line(self) -> float:
        """The error of the best line, by one Newton step, exact on a quadratic."""

        def error(w: Any) -> Any:
            return ad.mse(CORNERS @ w[:2] + w[2], TARGETS)

        w = np.zeros(3)
        w -= np.linalg.solve(ad.hessian(error)(w), ad.grad(error)(w))
        return float(error(w))

    @cached_property
    def success(self) -> Any:
        """The share of networks that solve it, by scale and rate."""
        return np.array([[np.mean(train(s, r) < SOLVED) for r in RATES] for s in SCALES])

    def answers(self) -> Iterator[Answer]:
        yield Answer("error of the best line", self.line, 0.25, within=1e-15)
        yield Answer("share solved from zero weights", float(self.success[0].max()), 0.0)
        stuck = train(0.0, 0.1)
        yield Answer("loss from zero weights", float(stuck.max()), np.log(2), within=1e-12)
        best = float(self.success.max())
        yield Answer("share solved at the best scale and step", best, 0.9, relation=">=")

    def draw(self, figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        shown = left.imshow(
            self.success, origin="lower", vmin=0, vmax=1, aspect="auto", cmap="viridis"
        )
        figure.colorbar(shown, ax=left, label="share solved")
        left.set_xticks(range(len(RATES)), [f"{r:g}" for r in RATES])
        left.set_yticks(range(len(SCALES)), [f"{s:g}" for s in SCALES])
        left.set(xlabel="step η", ylabel="scale of the start")
        opt = hm.optimizers.Momentum(lr=0.3, momentum=0.9)
        run = hm.minimize(lambda w: ad.sum(losses(w)), start(1.0), opt, steps=STEPS)
        best = int(np.argmin(ad.plain(losses(run.x))))
        one = {name: array[best : best + 1] for name, array in run.x.items()}
        side = np.linspace(-0.5, 1.5, 101)
        grid = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
        heights = np.asarray(outputs(one, grid)).reshape(101, 101)
        right.contourf(
            side, side, heights, levels=np.linspace(-0.5, 1.5, 17), cmap="RdBu_r", extend="both"
        )
        for value, colour in ((0.0, COLOURS[0]), (1.0, COLOURS[1])):
            right.plot(*CORNERS[value == TARGETS].T, "o", color=colour, markeredgecolor="white",
                       markersize=10, label=f"{value:.0f}")  # fmt: skip
        right.set(xlabel="first input", ylabel="second input")
        right.legend(loc="upper left", title="target")
