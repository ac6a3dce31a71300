"""Classical momentum."""

from __future__ import annotations

from typing import Any

import hermosis as hm
from benchmarks.engine.contestant import method
from benchmarks.engine.quantity import MOMENTUM, STEP


@method("momentum", "classical", lr=STEP, momentum=MOMENTUM)
def momentum(lr: float, momentum: float) -> Any:
    """Classical kinetic energy, exponential cooling, C K D."""
    return hm.optimizers.Momentum(lr=lr, momentum=momentum)
