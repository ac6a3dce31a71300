"""The flat variant of Ackley's function on which energy-conserving descent was shown."""

from __future__ import annotations

from benchmarks.families.craters import Craters
from benchmarks.measures.success import Success


class AckleyBBI(Craters):
    """20(1 − e^{−0.02r}) + e − e^{mean cos 2πwᵢ}, where r² is the mean of wᵢ²."""

    name = "ackley-bbi"
    summary = "A flat Ackley function in 2 dimensions: published runs of energy-conserving descent."
    data = (
        "a formula; starts and success as in arXiv:2201.11137, where the energy-conserving BBI "
        "finds the least minimum in 83 of 100 runs of 30,000 steps, momentum in none"
    )
    tags = ("family",)
    targets = (0.3, 1e-2, 5e-4)
    measure = Success()
    budget = 30_000
    dimension, low, high = 2, -4.0, 4.0
    decay = 0.02
    success = 5e-4
