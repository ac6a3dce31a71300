"""SciPy's quasi-Newton method, for a sense of what curvature is worth."""

from __future__ import annotations

from benchmarks.guests.scipy import SciPyMethod
from benchmarks.quantity import Quantity, Range

l_bfgs = SciPyMethod(
    name="L-BFGS-B",
    method="L-BFGS-B",
    space={"maxcor": Quantity("pairs kept", Range(3, 30, "whole"))},
    options={"maxls": 50},
    note="SciPy's quasi-Newton method with line search; its memory is tuned.",
)
