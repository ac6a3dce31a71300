"""Relativistic gradient descent, arXiv:1903.04100."""

from __future__ import annotations

from typing import Any

import hermosis as hm
from benchmarks.engine.contestant import method
from benchmarks.engine.quantity import MOMENTUM, SATURATION, STEP


@method("relativistic", "hermosis", lr=STEP, momentum=MOMENTUM, delta=SATURATION)
def relativistic(lr: float, momentum: float, delta: float) -> Any:
    """Relativistic gradient descent: a speed limit 1/√δ, leapfrog with friction (α = 1)."""
    return hm.optimizers.Relativistic(lr=lr, momentum=momentum, delta=delta, alpha=1.0)
