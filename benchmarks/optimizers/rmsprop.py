"""RMSProp."""

from __future__ import annotations

from typing import Any

import hermosis as hm
from benchmarks.engine.contestant import method
from benchmarks.engine.quantity import LENGTH, MEMORY


@method("RMSProp", "classical", lr=LENGTH, alpha=MEMORY)
def rmsprop(lr: float, alpha: float) -> Any:
    """Each component divided by the root of its mean squared gradient."""
    return hm.optimizers.RMSProp(lr=lr, alpha=alpha, eps=1e-8)
