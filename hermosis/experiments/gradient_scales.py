"""Vanishing and exploding gradients: what a layer does to the size of a gradient, on average."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, cached_property
from math import pi, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from hermosis import autodiff as ad
from hermosis.analyse.drawing import COLOURS, GREY, WIDTH
from hermosis.experiments.experiment import Answer, Experiment

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTHS, DEPTH, NETWORKS = 200, 20, 40


def signals(weights: list[Any], unit: Callable[[Any], Any], x: Any, u: Any) -> list[float]:
    """Return ‖δ‖² behind each layer, from the last to the first, for a signal u at the end."""
    layers, found = [x], [float(u @ u)]
    for W in weights:
        layers.append(unit(W @ layers[-1]))
    for W, before in zip(weights[::-1], layers[-2::-1], strict=True):
        u = ad.vjp(lambda x, W=W: unit(W @ x))(before, u)
        found.append(float(u @ u))
    return found


def gaussian(scale: float, unit: Callable[[Any], Any], seed: int, q: float = 1.0) -> list[float]:
    """Return the same for weights of variance scale²/width, and inputs of variance q."""
    random = np.random.default_rng(seed)
    weights = [random.normal(size=(WIDTHS, WIDTHS)) * scale / sqrt(WIDTHS) for _ in range(DEPTH)]
    x = random.normal(size=WIDTHS) * sqrt(q)
    return signals(weights, unit, x, random.normal(size=WIDTHS))


def orthogonal(seed: int) -> list[float]:
    """Return the same for orthogonal linear layers."""
    random = np.random.default_rng(seed)
    weights = [np.linalg.qr(random.normal(size=(WIDTHS, WIDTHS)))[0] for _ in range(DEPTH)]
    return signals(weights, lambda x: x, random.normal(size=WIDTHS), random.normal(size=WIDTHS))


@cache
def normal() -> tuple[Any, Any]:
    """Return places and weights of Gauss and Hermite for a standard normal number."""
    places, weights = np.polynomial.hermite_e.hermegauss(161)
    return places, weights / sqrt(2 * pi)


def average(function: Callable[[Any], Any], q: float) -> float:
    """Return E[function(√q·z)] for a standard normal z."""
    places, weights = normal()
    return float(weights @ function(sqrt(q) * places))


@cache
def settled(scale: float) -> float:
    """Return the variance that deep tanh layers settle at: q = σ²E[tanh²(√q z)]."""
    from scipy.optimize import brentq

    def excess(q: float) -> float:
        return scale**2 * average(lambda h: np.tanh(h) ** 2, q) / q - 1.0

    least = 1e-9
    return float(brentq(excess, least, scale**2, xtol=1e-14)) if excess(least) > 0 else 0.0


def factor(scale: float) -> float:
    """Return what a deep tanh layer multiplies E‖δ‖² by: σ²E[tanh′²]."""
    return scale**2 * average(lambda h: ad.jvp(ad.tanh)(h, np.ones_like(h)) ** 2, settled(scale))


class GradientScales(Experiment):
    """Random deep networks, and what their layers do to a gradient that comes back."""

    title = "Vanishing and exploding gradients"
    claim = (
        "Orthogonal linear layers keep the size of a gradient. Gaussian weights multiply its mean "
        "square by σ²E[φ′²] per layer, so tanh layers without bias are critical at σ = 1."
    )
    source = "mean-field theory; S. Schoenholz et al., arXiv:1611.01232; K. He et al. for relu"

    @cached_property
    def measured(self) -> dict[str, Any]:
        """‖δ‖² by layer over that at the end, one row for each network."""
        cases: dict[str, Callable[[int], list[float]]] = {
            "linear, σ = 0.9": lambda seed: gaussian(0.9, lambda x: x, seed),
            "relu, σ = √2": lambda seed: gaussian(sqrt(2), ad.relu, seed),
            "tanh, σ = 1.5": lambda seed: gaussian(1.5, ad.tanh, seed, settled(1.5) / 1.5**2),
        }
        runs = {
            name: np.array([run(seed) for seed in range(NETWORKS)]) for name, run in cases.items()
        }
        return {name: found / found[:, :1] for name, found in runs.items()}

    def answers(self) -> Iterator[Answer]:
        sizes = np.array(orthogonal(0))
        apart = float(np.abs(sizes / sizes[0] - 1).max())
        yield Answer("orthogonal linear layers: change of ‖δ‖²", apart, 0.0, within=1e-13)
        due = {"linear, σ = 0.9": 0.81, "relu, σ = √2": 1.0, "tanh, σ = 1.5": factor(1.5)}
        for name, found in self.measured.items():
            rate = float(np.mean(found[:, -1]) ** (1 / DEPTH))
            yield Answer(f"{name}: factor per layer", rate, due[name], within=0.02 * due[name])
        from scipy.optimize import brentq

        critical = brentq(lambda s: factor(s) - 1.0, 0.7, 1.3, xtol=1e-4)
        yield Answer("tanh without bias is critical at σ", critical, 1.0, within=0.01)

    def draw(self, figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        for (name, found), colour in zip(self.measured.items(), COLOURS, strict=False):
            for row in found[:6]:
                left.semilogy(row, color=colour, linewidth=0.5, alpha=0.5)
            left.semilogy(found.mean(0), color=colour, linewidth=WIDTH, label=name)
        sizes = np.array(orthogonal(0))
        left.semilogy(sizes / sizes[0], "k--", linewidth=1, label="orthogonal, linear")
        left.set(xlabel="layers back from the end", ylabel="‖δ‖² over that at the end")
        left.legend(frameon=False)
        scales = np.linspace(0.5, 2.0, 31)
        right.plot(scales, [factor(s) for s in scales], color=COLOURS[2], linewidth=WIDTH)
        right.axhline(1.0, color=GREY, linewidth=0.8)
        right.axvline(1.0, color=GREY, linewidth=0.8)
        right.text(0.55, 0.75, "vanishing")
        right.text(1.6, 1.25, "exploding")
        right.set(xlabel="σ of the weights of tanh layers", ylabel="factor of E‖δ‖² per layer")
