"""Lion, arXiv:2302.06675."""

from __future__ import annotations

from typing import Any

import hermosis as hm
from benchmarks.engine.contestant import method
from benchmarks.engine.quantity import LENGTH, MOMENTUM


@method("Lion", "classical", lr=LENGTH, beta1=MOMENTUM, beta2=MOMENTUM)
def lion(lr: float, beta1: float, beta2: float) -> Any:
    """The sign of a blend of momentum and gradient."""
    return hm.optimizers.Lion(lr=lr, betas=(beta1, beta2))
