"""Hamiltonian descent, arXiv:1809.05042."""

from __future__ import annotations

from typing import Any

import hermosis as hm
from benchmarks.engine.contestant import method
from benchmarks.engine.quantity import MOMENTUM, STEP


@method("Hamiltonian descent", "hermosis", lr=STEP, momentum=MOMENTUM)
def hamiltonian_descent(lr: float, momentum: float) -> Any:
    """Power kinetic energy with a = 4/3, component by component: linear on quartics."""
    return hm.optimizers.HamiltonianDescent(
        lr=lr, momentum=momentum, a=4 / 3, A=4 / 3, componentwise=True
    )
