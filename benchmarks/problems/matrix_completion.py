"""A matrix of low rank, of which three tenths of the entries are seen."""

from __future__ import annotations

from typing import Self

import numpy as np

from benchmarks.engine.parameters import Array, Parameters
from benchmarks.engine.quantity import Range
from benchmarks.families.landscape import RGD
from benchmarks.measures.completion_error import CompletionError
from benchmarks.problem import Problem

SIDE, RANK, SEEN = 100, 5, 0.3


class MatrixCompletion(Problem):
    """½ Σ over seen entries of (UVᵀ − M)², both factors at once; M = ABᵀ with entries N(1, 2²)."""

    name = "matrix-completion"
    summary = "Two 100 × 5 factors of a matrix of which 30 % is seen: one matrix for each seed."
    data = RGD
    tags = ("rgd",)
    minimum = 0.0
    targets = (1e2, 1e-2, 1e-8)
    floor = 1e-26
    measure = CompletionError()
    published_ranges = {
        "step": Range(1e-5, 1e-2),
        "momentum": Range(0.3, 0.99, "complement"),
        "saturation": Range(0.0, 10.0, "even"),
    }
    budget = 200
    truth: Array
    seen_entries: Array

    def drawn(self, rng: np.random.Generator) -> Self:
        drawn = type(self)()
        left, right = 1.0 + 2.0 * rng.standard_normal((2, SIDE, RANK))
        drawn.truth = left @ right.T
        drawn.seen_entries = (rng.random((SIDE, SIDE)) < SEEN).astype(float)
        return drawn

    def start(self, rng: np.random.Generator) -> Parameters:
        return rng.standard_normal((2, SIDE, RANK))

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        left, right = w
        apart = self.seen_entries * (left @ right.T - self.truth)
        return 0.5 * float(np.vdot(apart, apart)), np.stack([apart @ right, apart.T @ left])
