"""Systems with functions of matrices that the tests of optimizers share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

import hermosis as hm
from derivations.algebra.arrays import outer
from derivations.algebra.matrices import EIGENVALUE, Entry, Through
from derivations.algebra.symbols import G, X, averaging, lr, momentum, w
from derivations.step.rule import Rule, textbook
from hermosis.derive.blueprint import Blueprint

BACKENDS = ("numpy", "llvm")
K = Entry("K")
ROOT = Through(1 / EIGENVALUE**0.5, EIGENVALUE, K, X)


@dataclass(frozen=True)
class Given(Blueprint):
    """A rule that is written down here."""

    given: Rule

    @property
    def name(self) -> str:
        return self.given.name

    def key(self) -> str | None:
        return None

    def rule(self, ledger: bool = False) -> Rule:
        return self.given


def full(backend: str = "numpy") -> hm.Optimizer:
    """Momentum in the metric √⟨g gᵀ⟩."""
    rule = textbook(
        "Full",
        ("metric", {K: averaging * K + (1 - averaging) * outer(G, G)}),
        ("moments", {X: momentum * X + G}),
        ("weights", {w: w - lr * ROOT}),
    )
    values = {"lr": 0.01, "momentum": 0.5, "averaging": 0.9}
    return hm.Optimizer(Given(rule), values, backend=backend)


class Nuclear(hm.Hamiltonian):
    """κ = ‖X‖_*."""

    def kinetic(self, X: Any, beta: Any) -> Any:
        return beta / hm.k * hm.nuclear(X)


class Soft(hm.Hamiltonian):
    """κ = Σ (√(1 + δσ²) − 1)/δ."""

    delta: float = 1.0

    def kinetic(self, X: Any, beta: Any) -> Any:
        def body(sigma: Any) -> Any:
            return (hm.sqrt(1 + self.delta * sigma**2) - 1) / self.delta

        return beta / hm.k * hm.over_singular_values(body, X)


def quadratic(target: np.ndarray) -> Any:
    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        gap = w - target
        return 0.5 * float(np.sum(gap**2)), gap

    return loss
