"""Ackley's function: a cone that is sharp at its tip, under a lattice of craters."""

from __future__ import annotations

from benchmarks.families.craters import Craters


class Ackley(Craters):
    """20(1 − e^{−0.2r}) + e − e^{mean cos 2πwᵢ}, where r² is the mean of wᵢ²."""

    name = "ackley"
    summary = "Ackley's function in 10 dimensions: craters on a cone whose tip has no gradient."
    data = (
        "a formula; D. H. Ackley, A Connectionist Machine for Genetic Hillclimbing, Kluwer 1987; "
        "starts drawn from [−5, 5]¹⁰"
    )
    tags = ("landscapes",)
    targets = (3.0, 1e-1, 1e-3)
    budget = 1000
    dimension, low, high = 10, -5.0, 5.0
    decay = 0.2
    critical_points = ((0.9684776587077245, "minimum"),)
