"""Gradient descent."""

from __future__ import annotations

from typing import Any

import hermosis as hm
from benchmarks.engine.contestant import method
from benchmarks.engine.quantity import STEP


@method("gradient descent", "classical", lr=STEP)
def gradient_descent(lr: float) -> Any:
    """The overdamped limit: no memory."""
    return hm.optimizers.SGD(lr=lr)
