"""Nesterov's accelerated gradient."""

from __future__ import annotations

from typing import Any

import hermosis as hm
from benchmarks.engine.contestant import method
from benchmarks.engine.quantity import MOMENTUM, STEP


@method("Nesterov", "classical", lr=STEP, momentum=MOMENTUM)
def nesterov(lr: float, momentum: float) -> Any:
    """Momentum whose gradient is taken where the momentum is about to lead."""
    return hm.optimizers.Nesterov(lr=lr, momentum=momentum)
