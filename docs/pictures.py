"""Draws the pictures of the README and of the pages: `make pictures`."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

import hermosis as hm
from examples.softsign import SoftSign
from hermosis.experiments.command import save
from hermosis.experiments.experiment import load, names

FOLDER = Path(__file__).parent / "pictures"
EXPERIMENTS = Path(__file__).parent / "experiments"
WORDS = ("C K D", "C/2 D/2 K D/2 C/2", "Yoshida4")
START = 1.9


def double_well(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """Return a loss with two minima, the left one deeper, and its gradient."""
    return float(np.sum((w**2 - 1) ** 2 / 4 + 0.15 * w)), w**3 - w + 0.15


def portrait(H: hm.Hamiltonian, ax: Axes) -> None:
    """Two flows that start on opposite sides cool into the deeper well."""
    for start, colour, levels in (
        (-START, hm.plots.COLOURS[1], 0),
        (START, hm.plots.COLOURS[0], 14),
    ):
        flow = H.flow(double_well, np.array([start]), t=60.0, jac=True, points=2001)
        hm.phase_portrait(flow, ax=ax, color=colour, levels=levels)
    ax.set_title("The flow, over the level sets of H", loc="left")


def drift(H: hm.Hamiltonian, ax: Axes) -> None:
    """The exact flow conserves H; a word drifts, and less the higher its order."""
    for word, colour in zip(WORDS, hm.plots.COLOURS, strict=False):
        optimizer = H.optimizer(step=0.1, integrator=word)
        run = hm.minimize(
            double_well, np.array([START]), optimizer, jac=True, steps=300, ledger=True
        )
        order = optimizer.blueprint.integrator.order
        label = f"{word}   (order {order})"
        ax.plot(np.abs(run.trace.drift[1:]), color=colour, linewidth=1.6, label=label)
    ax.set_yscale("log")
    ax.set(xlabel="step", ylabel="drift of H / thermal mass")
    ax.set_title("What each word loses of the conserved H", loc="left")
    ax.legend(frameon=False, loc="lower left")


def ensembles(left: Axes, right: Axes) -> None:
    """Momentum on Himmelblau's function: from every start, and with every setting."""
    fun = hm.symbolic(lambda x, y: (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2)
    heavy = hm.optimizers.Momentum(lr=0.01)
    hm.plots.basins(fun, heavy, ((-6, 6), (-6, 6)), resolution=480, ax=left)
    left.set_title("Which minimum each start reaches", loc="left")
    lr, momentum = np.logspace(-4, 0, 200), np.linspace(0, 0.99, 160)
    hm.plots.tuning(fun, np.zeros(2), heavy, lr=lr, momentum=momentum, ax=right)
    right.set_title("What 100 steps from (0, 0) reach", loc="left")


def main() -> None:
    """Draw and save."""
    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    FOLDER.mkdir(exist_ok=True)
    H = SoftSign(profile=hm.Exponential(0.15))
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    portrait(H, left)
    drift(H, right)
    for ax in (left, right):
        ax.spines[["top", "right"]].set_visible(False)
    figure.savefig(FOLDER / "softsign.png", dpi=130, metadata={"Software": None})
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
    ensembles(left, right)
    figure.savefig(FOLDER / "ensembles.png", dpi=130, metadata={"Software": None})
    EXPERIMENTS.mkdir(exist_ok=True)
    for name in names():
        save(load(name), EXPERIMENTS / f"{name}.png", dpi=100)


if __name__ == "__main__":
    main()
