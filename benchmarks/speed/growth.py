"""Part `growth`: time for each number as arrays grow, and what a step allocates."""

from __future__ import annotations

import dataclasses
import tracemalloc
from collections.abc import Callable

import numpy as np

from benchmarks.speed.by_hand import BY_HAND
from benchmarks.speed.comparison import Contestant
from benchmarks.speed.copy_loop import COPY_LOOP
from benchmarks.speed.methods import METHODS as ALL_METHODS
from benchmarks.speed.ours import HERMOSIS, HERMOSIS_NUMPY
from benchmarks.speed.plan import GROWTH, Case, Plan
from benchmarks.speed.row import Row
from benchmarks.speed.step import case
from benchmarks.speed.work import Work

METHODS = ("momentum", "Adam")
MEMORY = 1_000_000
"""The size at which memory is measured; the largest of a quick run if that is less."""


def cases(plan: Plan) -> list[Case]:
    """Times at each size, then memory at one."""
    field = (BY_HAND, HERMOSIS, COPY_LOOP)
    times = [
        case(plan, "growth", method, dtype, ((n,),), field)
        for method in plan.of(*METHODS)
        for dtype in plan.dtypes
        for n in plan.sizes(GROWTH)
    ]
    n = min(MEMORY, *plan.sizes()[-1:]) if plan.sizes() else MEMORY
    memory = [
        Case("memory", method, dtype, n, _memory(plan, method, dtype, n))
        for method in plan.of(*METHODS)
        for dtype in plan.dtypes
    ]
    return [*times, *memory]


def _memory(plan: Plan, method: str, dtype: str, n: int) -> Callable[[], list[Row]]:
    def measure() -> list[Row]:
        work = Work(ALL_METHODS[method], dtype, ((n,),), plan.threads)
        row = Row("memory", method, dtype, n, "", plan.threads)
        return [peak(row, who, work) for who in (BY_HAND, HERMOSIS_NUMPY, HERMOSIS)]

    return measure


def peak(row: Row, contestant: Contestant, work: Work) -> Row:
    """The row with the most memory that a first step has beyond weights, gradient and state.

    NumPy tells tracemalloc of its arrays. Whatever is compiled or imported once is compiled and
    imported before, at a small size.
    """
    row = dataclasses.replace(row, contestant=contestant.name)
    try:
        contestant.prepare(dataclasses.replace(work, shapes=((8,),))).run(2)
        runner = contestant.prepare(work)
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            runner.run(1)
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    except Exception as error:  # whatever a library raises is a result
        return dataclasses.replace(row, status=f"raised {type(error).__name__}: {error}")
    values = runner.values()
    assert values is not None and np.all(np.isfinite(values))
    return dataclasses.replace(row, repeats=1, bytes=most - before)
