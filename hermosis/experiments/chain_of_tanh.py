"""A chain of eight tanh: where it saturates, its derivative vanishes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from hermosis import autodiff as ad
from hermosis.analyse.drawing import COLOURS, WIDTH
from hermosis.experiments.experiment import Answer, Experiment

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LENGTH = 8


def chain(x: Any, length: int = LENGTH) -> Any:
    """Apply tanh again and again."""
    for _ in range(length):
        x = ad.tanh(x)
    return x


class ChainOfTanh(Experiment):
    """The derivative of tanh(tanh(… x)), by both modes and by the product of the slopes."""

    title = "A chain of tanh"
    claim = (
        "The derivative of a chain is the product of its links' slopes. One saturated link is "
        "enough to make it vanish."
    )
    source = "the chain rule; numbers recomputed in 50 digits"

    def answers(self) -> Iterator[Answer]:
        for x, due in ((0.5, 0.2725714048), (4.5, 3.17339828e-05)):
            back, forward = ad.grad(chain)(x), ad.jvp(chain)(x, 1.0)
            yield Answer(f"derivative at {x}, backward", back, due, within=2e-9 * due)
            yield Answer("the same, forward", forward, back, within=1e-14 * due)
            yield Answer("the same, as a product of slopes", product(x), back, within=1e-14 * due)

    def draw(self, figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        x = np.linspace(-6, 6, 481)
        for length, colour in zip((1, 2, 4, 8), COLOURS, strict=False):
            slope = ad.jvp(lambda x, n=length: chain(x, n))(x, np.ones_like(x))
            left.semilogy(x, slope, color=colour, linewidth=WIDTH, label=f"length {length}")
        left.set(xlabel="x", ylabel="derivative", ylim=(1e-6, 2))
        left.legend(frameon=False)
        for x0, colour in zip((0.5, 1.5, 3.0, 4.5), COLOURS, strict=False):
            right.semilogy(
                range(1, LENGTH + 1), slopes(x0), "o-", color=colour, linewidth=WIDTH,
                label=f"x = {x0}",
            )  # fmt: skip
        right.set(xlabel="link", ylabel="its slope")
        right.legend(frameon=False)


def slopes(x: float) -> list[float]:
    """Return the slope of each link, on the way from x."""
    found = []
    for _ in range(LENGTH):
        found.append(float(ad.grad(ad.tanh)(x)))
        x = float(np.tanh(x))
    return found


def product(x: float) -> float:
    """Return the derivative of the chain as a product."""
    return float(np.prod(slopes(x)))
