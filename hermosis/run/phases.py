"""Phases of a step in Python: their functions, by their names in the source."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from derivations.emit.program.plan import PhasePlan
from hermosis.run.direct import UNDEFINED

Function = Callable[..., Any]


class Phase(NamedTuple):
    """A phase: what it is like, its function of arrays, and what moves scalars after it."""

    plan: PhasePlan
    function: Function | None
    scalars: Function | None


def phases_of(
    prefix: str, plans: tuple[PhasePlan, ...], found: Mapping[str, Function]
) -> list[Phase]:
    """Find the functions of phases among those of a source."""
    simple = found["step"] if f"{prefix}_1" not in found and len(plans) == 1 else None
    return [
        Phase(
            plan,
            found.get(f"{prefix}_{index}", simple) if plan.works else None,
            found[f"{prefix}_scalars_{index}"] if plan.assigned else None,
        )
        for index, plan in enumerate(plans, 1)
    ]


def move(phase: Phase, known: Mapping[str, float], totals: dict[str, float]) -> None:
    """Note the scalars after a phase that moves them, by what is known at it."""
    plan = phase.plan
    assert phase.scalars is not None
    reads = [totals[name] if name in totals else known[name] for name in plan.reads]
    try:
        found = phase.scalars(*reads)
    except UNDEFINED:  # no energy is defined here, but the motion is
        found = [math.nan] * len(plan.assigned)
    totals.update(zip(plan.assigned, found, strict=True))
