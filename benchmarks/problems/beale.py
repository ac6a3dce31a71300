"""Beale's function: flat far out, with steep walls."""

from __future__ import annotations

import numpy as np

from benchmarks.engine.parameters import Array, Parameters
from benchmarks.engine.quantity import Range
from benchmarks.families.landscape import RGD, Landscape


class Beale(Landscape):
    """Σₖ (cₖ − x + xyᵏ)², c = 1.5, 2.25, 2.625."""

    name = "beale"
    summary = "Beale's function: two dimensions, flat valleys between steep walls."
    data = RGD
    tags = ("rgd",)
    ranges = {"step": Range(1e-6, 1.0)}
    published_ranges = {
        "step": Range(1e-7, 1e-2),
        "momentum": Range(0.7, 0.99, "complement"),
        "saturation": Range(0.0, 50.0, "even"),
    }
    budget = 2000
    minimizers = (3.0, 0.5)
    powers = np.array([1.0, 2.0, 3.0])
    constants = np.array([1.5, 2.25, 2.625])

    def published(self) -> Array:
        return np.array([-3.0, -3.0])

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        x, y = w
        raised = y**self.powers
        apart = self.constants - x + x * raised
        slope = [apart @ (raised - 1.0), x * apart @ (self.powers * y ** (self.powers - 1.0))]
        return float(apart @ apart), 2.0 * np.array(slope)
