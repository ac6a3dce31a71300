"""Credit per unit: who made the output of a population, and who made its loss small."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from hermosis import autodiff as ad
from hermosis.analyse.drawing import COLOURS, WIDTH
from hermosis.experiments.experiment import Answer, Experiment
from hermosis.population import Population, leave_one_out, shapley

if TYPE_CHECKING:
    from matplotlib.figure import Figure

UNITS, STIMULUS = 12, 0.8
STIMULI = np.linspace(-2.5, 2.5, 101)
TARGETS = np.sin(1.5 * STIMULI)


class CreditAssignment(Experiment):
    """A linear readout of twelve Gaussian units, taught a sine."""

    title = "Credit assignment in a population"
    claim = (
        "In a linear readout, Shapley's share, leaving one out and gradient times activation agree "
        "on who made the output. They differ on who made the loss small: there Shapley alone "
        "divides the whole."
    )
    source = "L. Shapley (1953); the quadratic loss at its minimum, L(w − wᵢeᵢ) = L(w) + wᵢ²Hᵢᵢ/2"

    def __init__(self) -> None:
        self.units = Population(np.linspace(-3, 3, UNITS), amplitude=1.0, width=0.7)
        self.rates = np.asarray(self.units.rates(STIMULI[:, None]))

    def loss(self, w: Any) -> Any:
        """The squared error of a readout."""
        return ad.mse(self.rates @ w, TARGETS)

    @cached_property
    def readout(self) -> Any:
        """The best weights, by one Newton step, exact on a quadratic."""
        w = np.zeros(UNITS)
        return w - np.linalg.solve(ad.hessian(self.loss)(w), ad.grad(self.loss)(w))

    @cached_property
    def of_output(self) -> dict[str, Any]:
        """Credit for the output at one stimulus, by three rules."""
        rates, w = self.units.rates(STIMULUS), self.readout

        def output(present: Any) -> float:
            return float(rates[present] @ w[present])

        return {
            "Shapley": shapley(output, UNITS),
            "leave one out": leave_one_out(output, UNITS),
            "gradient × activation": ad.grad(lambda r: r @ w)(rates) * rates,
        }

    @cached_property
    def of_loss(self) -> dict[str, Any]:
        """Credit for how much smaller the loss is than without any unit."""

        def gain(present: Any) -> float:
            return float(
                self.loss(np.zeros(UNITS)) - self.loss(np.where(present, self.readout, 0.0))
            )

        return {"Shapley": shapley(gain, UNITS), "leave one out": leave_one_out(gain, UNITS)}

    def answers(self) -> Iterator[Answer]:
        due = self.readout * self.units.rates(STIMULUS)
        for name, credit in self.of_output.items():
            apart = float(np.abs(credit - due).max())
            yield Answer(f"{name}, of the output: apart from wᵢrᵢ", apart, 0.0, within=1e-10)
        whole = float(self.loss(np.zeros(UNITS)) - self.loss(self.readout))
        total = float(self.of_loss["Shapley"].sum())
        yield Answer("sum of Shapley's shares of the loss", total, whole, within=1e-9)
        alone = self.readout**2 * np.diag(ad.hessian(self.loss)(self.readout)) / 2
        apart = float(np.abs(self.of_loss["leave one out"] - alone).max() / alone.max())
        yield Answer("leave one out, of the loss: apart from wᵢ²Hᵢᵢ/2", apart, 0.0, within=1e-8)

    def draw(self, figure: Figure) -> None:
        left, middle, right = figure.subplots(1, 3)
        left.plot(STIMULI, self.rates * self.readout, color=COLOURS[5], linewidth=0.8)
        left.plot(STIMULI, self.rates @ self.readout, color=COLOURS[0], linewidth=WIDTH)
        left.plot(STIMULI, TARGETS, "k:", linewidth=1)
        left.set(xlabel="stimulus", ylabel="readout, and what each unit adds")
        places = np.arange(UNITS)
        for axes, credits, what in (
            (middle, self.of_output, f"the output at {STIMULUS}"),
            (right, self.of_loss, "the smaller loss"),
        ):
            width = 0.8 / len(credits)
            for k, ((name, credit), colour) in enumerate(
                zip(credits.items(), COLOURS, strict=False)
            ):
                axes.bar(places + (k + 0.5) * width - 0.4, credit, width, color=colour, label=name)
            axes.set(xlabel="unit", ylabel=f"credit for {what}")
            axes.margins(y=0.3)
            axes.legend(frameon=False, fontsize=8, loc="upper left")
