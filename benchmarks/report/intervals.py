"""What the seeds leave open: bootstrap intervals, drawn with the same seed every time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.stats import bootstrap

from benchmarks.engine.parameters import Array

RESAMPLES = 999
LEVEL = 0.95
FAILED = 1e6
"""Stands for the logarithm of an infinite gap: worse than every finite one."""
WIDEST = 1e3
"""No two finite numbers are so many orders of magnitude apart."""


def middle(values: Any, axis: int = -1) -> Any:
    """The median as one of the values: of an even number of them the lower one in the middle.

    So it is a run that was made, and failed runs are never averaged with others.
    """
    return np.quantile(values, 0.5, axis=axis, method="lower")


def may_lead(gaps: Sequence[float], best: Sequence[float], paired: bool = True) -> bool:
    """Whether a sample of gaps could be as good as that of the best median.

    It could, where the 95 % interval of the difference of the medians of log₁₀ gap reaches zero;
    `paired` says that both were taken on the same seeds, which are then resampled together.
    """
    ours, theirs = _logs(gaps), _logs(best)
    if not np.any(ours < FAILED):
        return False
    if min(len(ours), len(theirs)) < 2:
        return bool(middle(ours) <= middle(theirs))
    return apart(gaps, best, paired)[0] <= 0.0


def apart(gaps: Sequence[float], others: Sequence[float], paired: bool) -> tuple[float, float]:
    """The 95 % interval of the difference of the medians of log₁₀ gap, over seeds.

    `paired` says that both were taken on the same seeds, which are then resampled together. NaN
    where there are too few seeds to resample, infinite where runs failed. Seeds that all point the
    same way decide, which three seeds do by chance one time in four: few seeds claim too much.
    """
    ours, theirs = _logs(gaps), _logs(others)
    if min(len(ours), len(theirs)) < 2:
        return math.nan, math.nan
    drawn = bootstrap(
        (ours, theirs),
        _difference,
        paired=paired,
        vectorized=True,
        n_resamples=RESAMPLES,
        confidence_level=LEVEL,
        method="percentile",
        random_state=0,
    )
    low, high = drawn.confidence_interval
    return _end(low), _end(high)


def _end(value: float) -> float:
    """An end of an interval; infinite where it is the distance to a failed run."""
    return math.copysign(math.inf, value) if abs(value) > WIDEST else float(value)


def _difference(ours: Array, theirs: Array, axis: int) -> Array:
    difference: Array = middle(ours, axis) - middle(theirs, axis)
    return difference


def _logs(gaps: Sequence[float]) -> Array:
    values: Any = np.asarray(gaps, dtype=float)
    logs: Array = np.full(values.shape, FAILED)
    np.log10(values, out=logs, where=np.isfinite(values) & (values > 0.0))
    return logs
