"""The best heavy ball: step and momentum that make the slowest direction as fast as can be."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

import hermosis as hm
from hermosis.analyse.drawing import COLOURS, WIDTH
from hermosis.experiments.experiment import Answer, Experiment
from hermosis.experiments.linear import spectral_radius, step_matrix

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEAST, MOST = 1.0, 100.0
KAPPA = MOST / LEAST
#: By how much every direction shrinks with each step, at best.
RATE = (sqrt(KAPPA) - 1) / (sqrt(KAPPA) + 1)


def best() -> tuple[float, float]:
    """Return the best step and momentum for curvatures from LEAST to MOST (Polyak 1964)."""
    return 4 / (sqrt(MOST) + sqrt(LEAST)) ** 2, RATE**2


def worst_radius(lr: float, momentum: float, curvatures: Any) -> float:
    """Return the factor by which the slowest of some directions shrinks with each step."""
    opt = hm.optimizers.Momentum(lr=lr, momentum=momentum)
    return max(spectral_radius(step_matrix(opt, c)) for c in curvatures)


class HeavyBall(Experiment):
    """Polyak's choice on a quadratic loss with curvatures from 1 to 100."""

    title = "The best heavy ball"
    claim = (
        "With step 4/(√L+√m)² and momentum ((√κ−1)/(√κ+1))² every direction shrinks by "
        "(√κ−1)/(√κ+1) a step, and no other choice makes the slowest one faster."
    )
    source = "B. T. Polyak, Some methods of speeding up the convergence of iteration methods (1964)"

    @cached_property
    def grid(self) -> tuple[Any, Any, Any]:
        """The rate over steps and momenta."""
        rates = np.linspace(0.4, 1.3, 46) * best()[0]
        momenta = np.linspace(0.4, 0.95, 45)
        ends = (LEAST, MOST)
        found = [[worst_radius(lr, mu, ends) for lr in rates] for mu in momenta]
        return rates, momenta, np.array(found)

    @cached_property
    def run(self) -> Any:
        """The distance from the minimum, step by step."""
        curvatures = np.geomspace(LEAST, MOST, 20)
        lr, momentum = best()
        opt = hm.optimizers.Momentum(lr=lr, momentum=momentum)
        bowl = lambda w: (0.5 * float(curvatures @ w**2), curvatures * w)  # noqa: E731
        result = hm.minimize(bowl, np.ones(20), opt, jac=True, steps=150, keep=True)
        return np.linalg.norm(result.trace.w, axis=1)

    def answers(self) -> Iterator[Answer]:
        lr, momentum = best()
        every = np.geomspace(LEAST, MOST, 30)
        yield Answer("rate at κ = 100", worst_radius(lr, momentum, every), RATE, within=1e-6)
        yield Answer("the same, as a number", worst_radius(lr, momentum, every), 0.818182, 1e-6)
        yield Answer(
            "the best rate on a grid of steps and momenta", float(self.grid[2].min()), RATE,
            relation=">=", within=1e-6,
        )  # fmt: skip
        late = (self.run[-1] / self.run[-51]) ** (1 / 50)
        yield Answer("rate over the last 50 of 150 steps", float(late), RATE, within=0.01)

    def draw(self, figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        rates, momenta, found = self.grid
        shown = left.contourf(rates, momenta, found, levels=np.linspace(0.8, 1.2, 17), extend="max")
        figure.colorbar(shown, ax=left, label="rate of the slowest direction")
        left.plot(*best(), marker="*", color="white", markeredgecolor="black", markersize=13)
        left.set(xlabel="step η", ylabel="momentum μ")
        steps = np.arange(len(self.run))
        right.semilogy(steps, self.run, color=COLOURS[0], linewidth=WIDTH, label="heavy ball")
        bound = self.run[0] * RATE**steps
        right.semilogy(steps, bound, "--", color="black", linewidth=1, label="rateᵏ")
        right.set(xlabel="step", ylabel="distance from the minimum")
        right.legend(frameon=False)
