"""A loss with the gradient that is found by differentiating it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hermosis.autodiff.run import Run
from hermosis.errors import UntracedError, missing_gradient
from hermosis.parameters import ParameterSet


def differentiated(fun: Callable[..., Any]) -> Callable[[ParameterSet], tuple[float, ParameterSet]]:
    """Return `w -> (value, gradient)` for a loss that is written with operations.

    It raises `MissingGradientError` for one that is not.
    """

    def both(w: ParameterSet) -> tuple[float, ParameterSet]:
        try:
            run = Run(fun, w, (), {})
        except UntracedError as error:
            raise missing_gradient(str(error)) from error
        if not any(map(run.is_known, run.ends)):
            raise missing_gradient(f"it returns {run.value!r}, which was computed without them")
        slope = run.gradient()
        return np.asarray(run.value).item(), slope

    return both
