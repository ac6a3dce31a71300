"""The massless limit of the componentwise relativistic system."""

from __future__ import annotations

from typing import Any

import hermosis as hm
from benchmarks.engine.contestant import method
from benchmarks.engine.quantity import LENGTH, MOMENTUM


@method("sign descent", "hermosis", lr=LENGTH, momentum=MOMENTUM)
def sign_descent(lr: float, momentum: float) -> Any:
    """The massless limit, component by component: the sign of the momentum."""
    return hm.optimizers.SignSGD(lr=lr, momentum=momentum)
