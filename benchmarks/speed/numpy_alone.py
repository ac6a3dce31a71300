"""Part `numpy`: without native code, the NumPy backend next to NumPy by hand and nobody else."""

from __future__ import annotations

from benchmarks.speed.by_hand import BY_HAND
from benchmarks.speed.ours import HERMOSIS_NUMPY
from benchmarks.speed.plan import Case, Plan
from benchmarks.speed.step import case


def cases(plan: Plan) -> list[Case]:
    """One comparison of the two for each method, dtype and size."""
    return [
        case(plan, "numpy", method, dtype, ((n,),), (BY_HAND, HERMOSIS_NUMPY))
        for method in plan.methods
        for dtype in plan.dtypes
        for n in plan.sizes()
    ]
