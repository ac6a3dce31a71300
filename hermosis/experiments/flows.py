"""The gradient flow of a loss, by SciPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hermosis import autodiff as ad
from hermosis.run.parameters import ParameterSet, raveled, unraveled


def gradient_flow(
    loss: Callable[[Any], Any], start: ParameterSet, length: float, times: Any = None
) -> tuple[Any, list[ParameterSet]]:
    """Follow −∇L from a start for a length of time; return times, and the points then."""
    from scipy.integrate import solve_ivp

    z0, structure, shapes = raveled(start)
    slope = ad.grad(loss)

    def nested(z: Any) -> ParameterSet:
        return unraveled(z, structure, shapes)

    def motion(_: float, z: Any) -> Any:
        return -raveled(slope(nested(z)))[0]

    run = solve_ivp(motion, (0.0, length), z0, "DOP853", times, rtol=1e-12, atol=1e-13)
    return run.t, [nested(np.array(z)) for z in run.y.T]
