"""Part `step`: one warm step of one array, everybody side by side, from 10 numbers to 3e7."""

from __future__ import annotations

import math
from collections.abc import Sequence

from benchmarks.speed.by_hand import BY_HAND
from benchmarks.speed.comparison import Agreement, Contestant, compare
from benchmarks.speed.copy_loop import COPY_LOOP
from benchmarks.speed.jit import OPTAX
from benchmarks.speed.methods import METHODS
from benchmarks.speed.ours import HERMOSIS, HERMOSIS_NUMPY
from benchmarks.speed.plan import Case, Plan
from benchmarks.speed.pytorch import PYTORCH
from benchmarks.speed.row import Row
from benchmarks.speed.work import Shape, Work, sampled

LIMITED = 100_000
"""From this size on the memory limits a step, and the copy loop is measured too."""
FIELD = (BY_HAND, HERMOSIS_NUMPY, HERMOSIS, *PYTORCH, OPTAX)


def cases(plan: Plan) -> list[Case]:
    """One comparison for each method, dtype and size."""
    return [
        case(plan, "step", method, dtype, ((n,),), (*FIELD, *limit(n)))
        for method in plan.methods
        for dtype in plan.dtypes
        for n in plan.sizes()
    ]


def limit(n: int) -> tuple[Contestant, ...]:
    """The copy loop, where memory is the limit."""
    return (COPY_LOOP,) if n >= LIMITED else ()


def case(
    plan: Plan,
    part: str,
    method: str,
    dtype: str,
    shapes: tuple[Shape, ...],
    field: Sequence[Contestant],
    name: str | None = None,
) -> Case:
    """A comparison of steps; `name` is what the rows call the method, its own name unless given."""
    n = sum(map(math.prod, shapes))
    row = Row(part, name or method, dtype, n, "", plan.threads)

    def measure() -> list[Row]:
        work = Work(METHODS[method], dtype, shapes, plan.threads)
        agreement = Agreement(dtype, start=sampled(work.start))
        return compare(row, field, work, plan.repeats, plan.seconds, agreement)

    return Case(part, row.method, dtype, n, measure)
