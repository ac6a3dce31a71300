"""Population symmetry: identical units stay identical, until a perturbation grows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

import hermosis as hm
from hermosis import autodiff as ad
from hermosis.analyse.drawing import COLOURS, WIDTH
from hermosis.experiments.experiment import Answer, Experiment

if TYPE_CHECKING:
    from matplotlib.figure import Figure

UNITS, RATE, TINY = 4, 0.05, 1e-7
#: Steps along the symmetric path, and after the perturbation.
BEFORE, AFTER = 60, 40

INPUTS = np.linspace(-2.0, 2.0, 41)
TARGETS = np.sin(2.0 * INPUTS)


def loss(w: Any) -> Any:
    """Return the error of a layer of tanh units on one input; w = (inward, bias, outward)."""
    units = ad.tanh(ad.outer(INPUTS, w[0]) + w[1])
    return ad.mse(units @ w[2], TARGETS)


def start() -> Any:
    """Return weights that are the same for every unit."""
    return np.repeat(np.array([[0.5], [0.2], [0.3]]), UNITS, axis=1)


def descend(w: Any, steps: int) -> Any:
    """Return the points of gradient descent, one for each step and the start."""
    run = hm.minimize(loss, w, hm.optimizers.SGD(lr=RATE), steps=steps, keep=True)
    return np.array(run.trace.w).reshape(steps + 1, *w.shape)


class PopulationSymmetry(Experiment):
    """A layer of identical tanh units on a curved target."""

    title = "Population symmetry and its breaking"
    claim = (
        "Units that begin alike stay alike to the last bit, so a layer of them is one unit. What "
        "sets one apart from another is multiplied by 1 − ηλ_⊥ with each step, where λ_⊥ is a "
        "curvature across the symmetry: where that is negative, units part."
    )
    source = "permutation equivariance; linearization of the step about the symmetric path"

    @cached_property
    def alike(self) -> Any:
        """The symmetric path."""
        return descend(start(), BEFORE + AFTER)

    @cached_property
    def across(self) -> tuple[float, Any]:
        """The least curvature across the symmetry at the middle of the path, and its direction.

        A direction across moves the units apart, and their mean not at all.
        """
        w = self.alike[BEFORE]
        H = ad.hessian(loss)(w).reshape(w.size, w.size)
        apart = np.eye(UNITS) - 1 / UNITS
        basis = np.linalg.svd(np.kron(np.eye(3), apart))[0][:, : 3 * (UNITS - 1)]
        values, vectors = np.linalg.eigh(basis.T @ H @ basis)
        return float(values[0]), (basis @ vectors[:, 0]).reshape(w.shape)

    @cached_property
    def factor(self) -> float:
        """By how much one step multiplies a perturbation along that direction."""
        w, (_, direction) = self.alike[BEFORE], self.across
        near = descend(w + TINY * direction, 1)[1] - self.alike[BEFORE + 1]
        return float(np.sum(near * direction) / TINY)

    @cached_property
    def parting(self) -> Any:
        """How far units are apart, from a random perturbation on, over many steps."""
        random = np.random.default_rng(0)
        noisy = start() + 1e-6 * random.normal(size=(3, UNITS))
        return np.ptp(descend(noisy, 4000)[:, 0], axis=1)

    def answers(self) -> Iterator[Answer]:
        spread = float(np.ptp(self.alike, axis=2).max())
        yield Answer("spread of identical units after 100 steps", spread, 0.0)
        curvature, _ = self.across
        due = 1 - RATE * curvature
        yield Answer("factor of a perturbation in one step", self.factor, due, within=1e-6)
        yield Answer("that curvature is negative: the factor is", due, 1.0, relation=">=")
        grown = float(self.parting[-1] / self.parting[0])
        yield Answer("growth of a random perturbation in 4000 steps", grown, 1e3, relation=">=")

    def draw(self, figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        left.semilogy(self.parting, color=COLOURS[0], linewidth=WIDTH)
        left.set(xlabel="step", ylabel="how far units are apart")
        random = np.random.default_rng(0)
        for name, noise, colour in (("alike", 0.0, COLOURS[1]), ("set apart", 0.3, COLOURS[0])):
            end = descend(start() + noise * random.normal(size=(3, UNITS)), 4000)[-1]
            found = np.tanh(np.outer(INPUTS, end[0]) + end[1]) @ end[2]
            right.plot(INPUTS, found, color=colour, linewidth=WIDTH, label=f"units {name}")
        right.plot(INPUTS, TARGETS, "k:", linewidth=1, label="target")
        right.set(xlabel="input", ylabel="output after 4000 steps")
        right.legend(frameon=False)
