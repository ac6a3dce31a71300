"""SciPy's quasi-Newton method, for a sense of what curvature is worth."""

from __future__ import annotations

from benchmarks.engine.quantity import PAIRS
from benchmarks.guests.scipy import SciPyMethod

l_bfgs = SciPyMethod(
    name="L-BFGS-B",
    method="L-BFGS-B",
    space={"maxcor": PAIRS},
    options={"maxls": 50},
    note="SciPy's quasi-Newton method with line search; its memory is tuned.",
)
