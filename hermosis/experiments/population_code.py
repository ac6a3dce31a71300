"""A population code: how well a number can be read from noisy units, and who deserves credit."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from math import pi, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from hermosis import autodiff as ad
from hermosis.analyse.drawing import COLOURS, WIDTH
from hermosis.experiments.experiment import Answer, Experiment
from hermosis.population import Population, leave_one_out, shapley

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DENSITY, AMPLITUDE, TUNING, TRIALS = 10.0, 4.0, 1.5, 20_000
STIMULUS, FEW = 0.37, 8


class PopulationCode(Experiment):
    """Gaussian tuning with Poisson noise, its Fisher information, and credit for each unit."""

    title = "A population code"
    claim = (
        "The Fisher information of evenly placed units is √(2π)ρA/σ, and the centre of mass of "
        "their counts attains it. Shapley's shares add up to the whole; leaving one out does not."
    )
    source = "P. Dayan, L. Abbott, Theoretical Neuroscience, 3.3; L. Shapley (1953)"

    @cached_property
    def units(self) -> Population:
        """The population."""
        return Population.tiling(DENSITY, AMPLITUDE, TUNING, reach=12.0)

    @cached_property
    def estimates(self) -> Any:
        """What is decoded in many trials."""
        counts = self.units.counts(STIMULUS, np.random.default_rng(0), TRIALS)
        return self.units.decode(counts)

    @cached_property
    def scores(self) -> Any:
        """∂ log p/∂s in many trials."""
        counts = self.units.counts(STIMULUS, np.random.default_rng(1), 2000)
        slope = ad.grad(self.units.log_likelihood)
        return np.array([float(slope(STIMULUS, row)) for row in counts])

    def worth(self, present: Any) -> float:
        """Return the information of some of a few units."""
        few = Population(np.linspace(-3, 3, FEW)[present], AMPLITUDE, TUNING)
        return sqrt(few.fisher_information(STIMULUS)) if present.any() else 0.0

    def answers(self) -> Iterator[Answer]:
        due = sqrt(2 * pi) * DENSITY * AMPLITUDE / TUNING
        found = self.units.fisher_information(STIMULUS)
        yield Answer("Fisher information", found, due, within=1e-9 * due)
        noise = sqrt(2 / len(self.scores))
        yield Answer(
            "variance of the score", float(np.var(self.scores)), due, within=4 * noise * due
        )
        spread = float(np.var(self.estimates)) * due
        yield Answer("variance of the decoded number × information", spread, 1.0, within=0.06)
        whole = self.worth(np.ones(FEW, bool))
        shares = shapley(self.worth, FEW)
        yield Answer("sum of Shapley's shares", float(shares.sum()), whole, within=1e-12)
        left = float(leave_one_out(self.worth, FEW).sum())
        yield Answer("sum of what is lost by leaving one out", left, whole, relation="<=")

    def draw(self, figure: Figure) -> None:
        left, middle, right = figure.subplots(1, 3)
        s = np.linspace(-6, 6, 241)
        shown = Population(np.linspace(-5, 5, 11), AMPLITUDE, TUNING)
        left.plot(s, np.array([shown.rates(x) for x in s]), color=COLOURS[0], linewidth=0.8)
        left.set(xlabel="stimulus s", ylabel="mean count of a unit")
        middle.hist(self.estimates, bins=60, density=True, color=COLOURS[0], alpha=0.6)
        low, high = np.quantile(self.estimates, [1e-4, 1 - 1e-4])
        x = np.linspace(low, high, 201)
        information = self.units.fisher_information(STIMULUS)
        bell = np.sqrt(information / 2 / pi) * np.exp(-0.5 * information * (x - STIMULUS) ** 2)
        middle.plot(x, bell, "k", linewidth=WIDTH, label="N(s, 1/I)")
        middle.set(xlabel="decoded s", ylabel="density")
        middle.legend(frameon=False, loc="upper right", fontsize=8)
        places = np.arange(FEW)
        right.bar(places - 0.2, shapley(self.worth, FEW), 0.4, color=COLOURS[0], label="Shapley")
        right.bar(places + 0.2, leave_one_out(self.worth, FEW), 0.4, color=COLOURS[1],
                  label="leave one out")  # fmt: skip
        right.set(xlabel="unit", ylabel="credit for √information", ylim=(0, 0.6))
        right.legend(frameon=False, ncols=2, loc="upper center")
