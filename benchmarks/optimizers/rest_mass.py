"""A relativistic particle whose rest mass is the curvature that it has felt."""

from __future__ import annotations

from typing import Any

import hermosis as hm
from benchmarks.engine.contestant import method
from benchmarks.engine.quantity import LENGTH, MOMENTUM, SHARE


@method("rest mass", "hermosis", lr=LENGTH, momentum=MOMENTUM, share=SHARE)
def rest_mass(lr: float, momentum: float, share: float) -> Any:
    """Relativistic, with the curvature felt along the way as rest mass; restarts uphill."""
    return hm.optimizers.RestMass(lr=lr, momentum=momentum, share=share)
