"""Adam, arXiv:1412.6980."""

from __future__ import annotations

from typing import Any

import hermosis as hm
from benchmarks.engine.contestant import method
from benchmarks.engine.quantity import LENGTH, MEMORY, MOMENTUM


@method("Adam", "classical", lr=LENGTH, beta1=MOMENTUM, beta2=MEMORY)
def adam(lr: float, beta1: float, beta2: float) -> Any:
    """Momentum in RMSProp's metric, both averages corrected for their start."""
    return hm.optimizers.Adam(lr=lr, betas=(beta1, beta2), eps=1e-8)
