"""Stability of training: how large a step may be, for every optimizer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import sqrt, tanh
from typing import TYPE_CHECKING

import numpy as np

import hermosis as hm
from hermosis.analyse.drawing import COLOURS, GREY, WIDTH
from hermosis.experiments.experiment import Answer, Experiment
from hermosis.experiments.linear import spectral_radius, step_matrix, threshold
from hermosis.run.optimizer import Optimizer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MU, GAMMAS, TAU = 0.9, (0.1, 1.0, 5.0), 0.5


@dataclass(frozen=True)
class Method:
    """An optimizer, and the product of step and curvature from which on it is not stable."""

    name: str
    optimizer: Optimizer
    due: float
    step: float = 1.0
    """What a curvature is multiplied by, to give the product."""

    def radius(self, product: float) -> float:
        """Return the spectral radius at a product."""
        return spectral_radius(step_matrix(self.optimizer, product / self.step))

    @cached_property
    def found(self) -> float:
        """The product at which it loses stability."""
        return threshold(self.radius, 0.25 * self.due, 1.5 * self.due)


def methods() -> list[Method]:
    """All of them, with momentum 0.9 or friction γ."""
    steps: list[Method] = [
        Method("gradient descent", hm.optimizers.SGD(lr=1.0), 2.0),
        Method("momentum", hm.optimizers.Momentum(lr=1.0, momentum=MU), 2 * (1 + MU)),
        Method(
            "Nesterov", hm.optimizers.Nesterov(lr=1.0, momentum=MU), 2 * (1 + MU) / (1 + 2 * MU)
        ),
        Method(
            "moving-average momentum",
            hm.optimizers.SGD(lr=1.0, momentum=MU, dampening=MU),
            2 * (1 + MU) / (1 - MU),
        ),
    ]
    for gamma in GAMMAS:
        H = hm.Hamiltonian(profile=hm.Exponential(gamma))
        joint = H.optimizer(step=TAU, integrator="[CK] D")
        leap = H.optimizer(step=TAU, integrator="C/2 K/2 D K/2 C/2")
        due = 2 * gamma * TAU / tanh(gamma * TAU / 2)
        steps.append(Method(f"[CK] D, γ = {gamma}", joint, due, TAU**2))
        steps.append(Method(f"C½ K½ D K½ C½, γ = {gamma}", leap, 4.0, TAU**2))
    return steps


class Stability(Experiment):
    """Thresholds of the step on a quadratic loss, from the spectral radius of the step itself."""

    title = "Stability of training"
    claim = (
        "A correct gradient does not make training stable: that is up to the product of the step "
        "and the curvature, and each optimizer has a threshold of its own."
    )
    source = "eigenvalues of the step on a quadratic loss; theory of the conformal class"
    size = (9.0, 4.5)

    @cached_property
    def methods(self) -> list[Method]:
        """What is compared."""
        return methods()

    def answers(self) -> Iterator[Answer]:
        for method in self.methods:
            yield Answer(
                f"{method.name}: greatest ηλ", method.found, method.due, within=1e-6 * method.due
            )
        for method in self.methods[-1::-2]:
            if "½" in method.name:
                yield Answer(f"{method.name}: greatest τ√λ", sqrt(method.found), 2.0, within=1e-6)

    def draw(self, figure: Figure) -> None:
        axes = figure.subplots()
        shown = [m for m in self.methods if "γ" not in m.name or m.name.endswith("1.0")]
        for method, colour in zip(shown, COLOURS, strict=False):
            products = np.geomspace(0.05, 80, 400)
            radius = [method.radius(p) for p in products]
            axes.plot(products, radius, color=colour, linewidth=WIDTH, label=method.name)
            axes.plot(method.due, 1.0, "o", color=colour, markersize=6)
        axes.axhline(1.0, color=GREY, linewidth=0.8, zorder=0)
        axes.set(
            xscale="log", xlabel="step × curvature (ηλ, or τ²λ)",
            ylabel="spectral radius of a step", ylim=(0.3, 1.6),
        )  # fmt: skip
        axes.legend(frameon=False, loc="upper left")
