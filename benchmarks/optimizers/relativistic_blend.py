"""Relativistic gradient descent as it was published: α is searched too."""

from __future__ import annotations

from typing import Any

import hermosis as hm
from benchmarks.engine.contestant import method
from benchmarks.engine.quantity import BLEND, MOMENTUM, SATURATION, STEP


@method("RGD", "hermosis", lr=STEP, momentum=MOMENTUM, delta=SATURATION, alpha=BLEND)
def rgd(lr: float, momentum: float, delta: float, alpha: float) -> Any:
    """Relativistic gradient descent between look-ahead (α = 0) and leapfrog (α = 1)."""
    return hm.optimizers.Relativistic(lr=lr, momentum=momentum, delta=delta, alpha=alpha)
