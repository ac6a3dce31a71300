"""What a reader needs to measure again: versions, machine, command, commit, settings."""

from __future__ import annotations

import os
import platform
import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from benchmarks.engine.versions import versions
from benchmarks.report.manifest import commit, processor
from benchmarks.speed.plan import Plan

LIBRARIES = ("numpy", "scipy", "sympy", "llvmlite", "numba", "torch", "jax", "jaxlib", "optax")


def manifest(plan: Plan, argv: Sequence[str], load: float | None) -> dict[str, Any]:
    """The facts of this run, as plain data; `load` is the load average when it began."""
    return {
        "command": shlex.join(["python", "-m", "benchmarks.speed", *argv]),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "parts": list(plan.parts),
        "repeats": plan.repeats,
        "quick": plan.quick,
        "versions": versions(LIBRARIES),
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "processor": processor(),
            "cores": os.cpu_count(),
            "threads": plan.threads,
            "load": load,
        },
        "commit": commit(),
    }


def load_average() -> float | None:
    """How many processes of the machine wanted to run in the last minute, where it is known."""
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None
