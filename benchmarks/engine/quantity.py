"""Quantities that optimizers are tuned in, each with the range in which everyone is searched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Range:
    """Where a hyperparameter is searched, evenly in its value, its logarithm or that of 1 − it."""

    low: float
    high: float
    scale: Literal["even", "log", "whole", "complement"] = "log"

    def at(self, share: float) -> float:
        """The value at a share of the way, 0 to 1, rounded to four digits for the eye."""
        if self.scale == "even":
            return _rounded(self.low + share * (self.high - self.low))
        if self.scale == "complement":
            return 1.0 - _rounded(
                (1.0 - self.low) * ((1.0 - self.high) / (1.0 - self.low)) ** share
            )
        value = self.low * (self.high / self.low) ** share
        return round(value) if self.scale == "whole" else _rounded(value)


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


@dataclass(frozen=True)
class Quantity:
    """What a hyperparameter means, whatever a method calls it; a problem may state its range."""

    name: str
    range: Range


STEP = Quantity("step", Range(1e-5, 10.0))
"""The factor of the gradient, in the step of a method that moves in proportion to it."""
LENGTH = Quantity("length", Range(1e-4, 10.0))
"""The length of a step that is normalized: of a sign, or of a gradient over its own size."""
MOMENTUM = Quantity("momentum", Range(0.5, 0.997, "complement"))
"""The share of the energy moments that a step keeps."""
MEMORY = Quantity("memory", Range(0.7, 0.9999, "complement"))
"""The share of the mean squared gradient that a step keeps."""
SHARE = Quantity("share", Range(1e-2, 4.0))
"""How far a step goes, as a share of the way to the bottom of the parabola that was felt."""
BLEND = Quantity("blend", Range(0.0, 1.0, "even"))
"""The α of relativistic descent, between look-ahead at 0 and leapfrog at 1."""
PAIRS = Quantity("pairs kept", Range(3, 30, "whole"))
"""How many of its steps a quasi-Newton method remembers."""
SATURATION = Quantity("saturation", Range(1e-2, 30.0))
"""The δ of a relativistic kinetic energy: one over the square of its speed limit."""
