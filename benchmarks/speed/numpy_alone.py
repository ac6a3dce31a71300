"""Part `numpy`: without native code, the NumPy backend next to NumPy by hand and nobody else.

By hand, there are two: one that looks at the gradient before it writes, as hermosis does, and one
that does not.
"""

from __future__ import annotations

from benchmarks.speed.by_hand import BY_HAND, CHECKED
from benchmarks.speed.ours import HERMOSIS_NUMPY
from benchmarks.speed.plan import Case, Plan
from benchmarks.speed.step import case


def cases(plan: Plan) -> list[Case]:
    """One comparison of them for each method, dtype and size."""
    return [
        case(plan, "numpy", method, dtype, ((n,),), (BY_HAND, CHECKED, HERMOSIS_NUMPY))
        for method in plan.methods
        for dtype in plan.dtypes
        for n in plan.sizes()
    ]
