"""AdaBelief, arXiv:2010.07468."""

from __future__ import annotations

from typing import Any

import hermosis as hm
from benchmarks.engine.contestant import method
from benchmarks.engine.quantity import LENGTH, MEMORY, MOMENTUM


@method("AdaBelief", "classical", lr=LENGTH, beta1=MOMENTUM, beta2=MEMORY)
def adabelief(lr: float, beta1: float, beta2: float) -> Any:
    """Adam whose metric measures how far gradients stray from their average."""
    return hm.optimizers.AdaBelief(lr=lr, betas=(beta1, beta2), eps=1e-8)
